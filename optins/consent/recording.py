"""The one door: ``record`` is the only code that writes consent."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from optins.consent import desired, digests, identity
from optins.consent.fold import fold, second
from optins.consent.signal import ConsentSignal, SignalError
from optins.models import (
    ConsentEvent,
    ConsentRecord,
    Contact,
    Evidence,
    Purpose,
    ReviewItem,
    Suppression,
)

Kind = ConsentEvent.Kind
FUTURE_ALLOWED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a signal led to: its events (new, or those it had led to before) and the records now."""

    contact: Contact
    events: tuple[ConsentEvent, ...]
    records: tuple[ConsentRecord, ...]
    is_new: bool


@transaction.atomic
def record(signal: ConsentSignal, *, now: datetime | None = None) -> Recorded:
    """Write what the signal says, once: events, evidence, records and what senders should hold.

    One transaction. The same signal again writes nothing. Raises SignalError for a signal that no door may
    send, e.g. one from the future.
    """
    now = now or timezone.now()
    signal = _timed(signal)
    found = identity.find_or_make(signal)
    # A stop reaches whoever may be the same person; a grant only the one that sent it.
    others = _others(found) if signal.kind != Kind.GIVEN and not signal.voids else []
    _lock([found.contact, *others])
    if found.is_new:
        _start_under_suppression(signal, found.contact, now)
    recorded = _write(signal, found.contact, now)
    for other in others:
        _write(replace(signal, id=f"{signal.id}/{other.uuid}"), other, now)
    return recorded


def _lock(contacts: list[Contact]) -> None:
    """Hold the contacts' rows to the end of the transaction, in one order for everybody.

    Lock, read, fold and write are separate statements: one combined statement lets two writers race.
    """
    list(Contact.objects.select_for_update().filter(pk__in=[c.pk for c in contacts]).order_by("pk"))


def _timed(signal: ConsentSignal) -> ConsentSignal:
    """Fix the time of the act: not in the future, and never before the question it answers."""
    occurred_at = signal.occurred_at
    if signal.door == ConsentEvent.Door.WEBHOOK:
        occurred_at = min(occurred_at, signal.received_at)
    elif occurred_at > signal.received_at + FUTURE_ALLOWED:
        raise SignalError("occurred_at is more than five minutes in the future.")
    if signal.request and signal.asked_at:
        occurred_at = max(occurred_at, signal.asked_at)
    return replace(signal, occurred_at=occurred_at)


def _others(found: identity.Found) -> list[Contact]:
    """Contacts that may be the same person: seen in this signal, or proposed and not yet decided."""
    proposals = ReviewItem.objects.filter(
        Q(contact=found.contact) | Q(other=found.contact),
        kind=ReviewItem.Kind.LINK,
        decided_at=None,
    ).select_related("contact", "other")
    pairs = [contact for item in proposals for contact in (item.contact, item.other) if contact]
    others = {contact.pk: contact for contact in (*found.others, *pairs)}
    others.pop(found.contact.pk, None)
    return list(others.values())


def _write(signal: ConsentSignal, contact: Contact, now: datetime) -> Recorded:
    keyed = {_key(signal, purpose): purpose for purpose in signal.purposes or (None,)}
    known = {
        event.key: event
        for event in ConsentEvent.objects.filter(organisation=signal.organisation, key__in=keyed)
    }
    new = {key: _insert(signal, contact, keyed[key], key, now) for key in keyed if key not in known}
    records = refold(contact, list(signal.purposes), everything=not signal.purposes)
    if new:
        desired.refresh(contact, now)
    events = known | new
    return Recorded(contact, tuple(events[key] for key in keyed), tuple(records), is_new=bool(new))


def _key(signal: ConsentSignal, purpose: Purpose | None) -> str:
    parts = (signal.door, signal.connection, signal.id, signal.kind, purpose.key if purpose else "")
    return digests.keyed(signal.organisation, "event", *parts)


def _insert(
    signal: ConsentSignal, contact: Contact, purpose: Purpose | None, key: str, now: datetime
) -> ConsentEvent:
    salt = secrets.token_hex(16)
    event = ConsentEvent(
        organisation=signal.organisation,
        contact=contact,
        purpose=purpose,
        kind=signal.kind,
        actor=signal.actor,
        actor_reference=signal.actor_reference,
        door=signal.door,
        channel=signal.channel,
        placement=signal.placement,
        request=signal.request,
        translation=signal.translation,
        language=signal.language,
        occurred_at=signal.occurred_at,
        asked_at=signal.asked_at,
        received_at=signal.received_at,
        recorded_at=now,
        proved=signal.proved,
        expires_at=_expiry(signal, purpose),
        voids=signal.voids,
        reason=signal.reason,
        evidence_digest=digests.evidence(signal.evidence, salt) if signal.evidence else "",
        key=key,
        is_test=signal.is_test or contact.is_test,
    )
    event.mac = digests.event_mac(event)
    event.save(force_insert=True)
    if signal.evidence:
        kind = signal.channel.kind if signal.channel else signal.door
        Evidence.objects.create(event=event, kind=kind[:20], payload=dict(signal.evidence), salt=salt)
    return event


def _expiry(signal: ConsentSignal, purpose: Purpose | None) -> datetime | None:
    """When a grant runs out by today's settings: frozen, so that a later setting can only shorten it."""
    if signal.kind != Kind.GIVEN or not purpose or not purpose.expires_after_days:
        return None
    return signal.occurred_at + timedelta(days=purpose.expires_after_days)


def refold(contact: Contact, purposes: list[Purpose], *, everything: bool) -> list[ConsentRecord]:
    """Make the records equal to the fold of the contact's events. The caller holds the contact's lock.

    A stop of everything touches each purpose of the organisation, also those without a record.
    """
    if everything:
        purposes = list(Purpose.objects.filter(organisation=contact.organisation_id))
    events = list(ConsentEvent.objects.filter(contact=contact))
    records = []
    for purpose in purposes:
        facts = fold(events, purpose.pk)
        record, _ = ConsentRecord.objects.update_or_create(
            contact=contact,
            purpose=purpose,
            defaults={"stop": facts.stop, "grant": facts.grant, "proof": facts.proof},
        )
        records.append(record)
    return records


def _start_under_suppression(signal: ConsentSignal, contact: Contact, now: datetime) -> None:
    """A contact made again under a suppression begins with its stop."""
    texts = [identifier.text for identifier in signal.identifiers]
    for suppression in digests.suppressions_of(signal.organisation, texts):
        purposes = _suppressed_purposes(suppression)
        if purposes is None:
            continue
        stop = ConsentSignal(
            organisation=signal.organisation,
            contact=contact,
            kind=Kind.WITHDRAWN,
            actor=ConsentEvent.Actor.SYSTEM,
            door=signal.door,
            connection="suppression",
            id=f"{suppression.pk}/{contact.uuid}",
            purposes=purposes,
            reason=ConsentEvent.Reason.SUPPRESSED,
            # It wins every second up to the moment in which the contact is made again.
            occurred_at=second(suppression.created_at),
            received_at=now,
        )
        _write(stop, contact, now)


def _suppressed_purposes(suppression: Suppression) -> tuple[Purpose, ...] | None:
    """The purposes it stops; an empty tuple is everything; None where there is nothing to stop."""
    if suppression.scope == Suppression.Scope.ALL:
        return ()
    if suppression.purpose:
        return (suppression.purpose,)
    marketing = Purpose.objects.filter(
        organisation=suppression.organisation_id, category=Purpose.Category.MARKETING
    )
    return tuple(marketing) or None


@transaction.atomic
def rebuild(contact: Contact) -> list[ConsentRecord]:
    """Rebuild all records of one contact from its events."""
    _lock([contact])
    events = ConsentEvent.objects.filter(contact=contact)
    everything = events.filter(purpose=None).exists()
    named = Purpose.objects.filter(events__contact=contact).distinct()
    ConsentRecord.objects.filter(contact=contact).delete()
    return refold(contact, list(named), everything=everything)
