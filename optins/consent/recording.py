"""The one door: ``record`` is the only code that writes consent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from optins.consent import (
    derived,
    desired,
    digests,
    evidence,
    identity,
    locking,
    minimum,
    rulepacks,
    standing,
    suppressions,
    testers,
)
from optins.consent.fold import Facts, fold
from optins.consent.rulepacks import jurisdiction
from optins.consent.rulepacks.jurisdiction import Whereabouts
from optins.consent.signal import ConsentSignal, Identifier, SignalError
from optins.models import ConsentEvent, ConsentRecord, Contact, Evidence, Organisation, Purpose

Kind = ConsentEvent.Kind
FUTURE_ALLOWED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a signal led to: its events, new ones or those that it had led to before."""

    contact: Contact
    events: tuple[ConsentEvent, ...]
    is_new: bool


@transaction.atomic
def record(signal: ConsentSignal, *, now: datetime | None = None) -> Recorded:
    """Write what the signal says, once: events, evidence, records and what senders should hold.

    One transaction. The same signal again writes nothing. Raises SignalError for a signal that no door may
    send, e.g. one from the future; ErasedSince for one that is older than the person's erasure.
    """
    now = now or timezone.now()
    signal = _marked(_timed(signal))
    keyed = _keyed(signal)
    if _known(signal.organisation, keyed) == set(keyed):
        # Before anything else: a repetition makes no contact and no link, whoever it says it is from.
        return _repeated(signal.organisation, list(keyed))
    minimum.check(signal)
    found, reached = locking.find_and_lock(
        partial(identity.find_or_make, signal), partial(identity.still_holds, signal=signal)
    )
    _refuse_what_an_erasure_ended(signal, found)
    identity.mark_verified(found.all, signal)
    _take_notice(found, signal.organisation, signal.door, now)
    recorded = _write(signal, found.contact, now)
    _carry_stops(reached, signal.organisation, now)
    return recorded


@transaction.atomic
def link(
    organisation: Organisation, identifiers: tuple[Identifier, ...], door: str, *, now: datetime
) -> None:
    """Note that a message which is no act came from all of these identifiers. It makes nobody a contact."""
    if identity.is_settled(organisation, identifiers):
        return
    found, reached = locking.find_and_lock(
        partial(identity.attach, organisation, identifiers),
        lambda found: identity.find(organisation, identifiers) == found.all,
    )
    _take_notice(found, organisation, door, now)
    _carry_stops(reached, organisation, now)


@transaction.atomic
def propose(contact: Contact, others: Iterable[Contact], *, now: datetime) -> None:
    """Note that these may be the same person: staff decide, and until then a stop of one reaches all."""
    identity.propose_links(identity.Found(contact, tuple(others)))
    _, reached = locking.find_and_lock(lambda: identity.Found(contact), lambda _found: True)
    _carry_stops(reached, contact.organisation, now)


def _refuse_what_an_erasure_ended(signal: ConsentSignal, found: identity.Found) -> None:
    """Whoever was erased begins anew, as a contact made since: acts from before that are looked at."""
    if found.attached or signal.occurred_at < found.contact.created_at:
        suppressions.refuse_older(signal.organisation, signal.identifiers, signal.occurred_at)


def _take_notice(found: identity.Found, organisation: Organisation, door: str, now: datetime) -> None:
    """What follows from who wrote: links to decide on, and the stops of identifiers new to the contact."""
    identity.propose_links(found)
    for stop in derived.stops_of_suppressions(found.contact, organisation, found.attached, door, now):
        _write(stop, found.contact, now)


def _timed(signal: ConsentSignal) -> ConsentSignal:
    """Fix the time of the act: not in the future, and never before the question it answers."""
    occurred_at = signal.occurred_at
    if signal.door == ConsentEvent.Door.WEBHOOK:
        occurred_at = min(occurred_at, signal.received_at)
    elif occurred_at > signal.received_at + FUTURE_ALLOWED:
        raise SignalError("occurred_at is more than five minutes in the future.")
    earliest = (signal.asked_at if signal.request else None, signal.not_before)
    return replace(signal, occurred_at=max([occurred_at, *(at for at in earliest if at)]))


def _marked(signal: ConsentSignal) -> ConsentSignal:
    """What nobody can have done is a test, by whatever door it came."""
    return replace(signal, is_test=True) if testers.are_all(signal.identifiers) else signal


def key_of(signal: ConsentSignal, purpose: Purpose | None) -> str:
    """What makes the signal's event for this purpose the same event when it comes again."""
    parts = (signal.door, signal.connection, signal.id, signal.kind, purpose.key if purpose else "")
    return digests.keyed(signal.organisation, "event", *parts)


def _keyed(signal: ConsentSignal) -> dict[str, Purpose | None]:
    return {key_of(signal, purpose): purpose for purpose in signal.purposes or (None,)}


def _known(organisation: Organisation, keys: Iterable[str]) -> set[str]:
    """Those of the keys that an event has already."""
    events = ConsentEvent.objects.filter(organisation=organisation, key__in=list(keys))
    return set(events.order_by().values_list("key", flat=True))


def _repeated(organisation: Organisation, keys: list[str]) -> Recorded:
    events = ConsentEvent.objects.filter(organisation=organisation, key__in=keys).select_related("contact")
    by_key = {event.key: event for event in events}
    return Recorded(by_key[keys[0]].contact, tuple(by_key[key] for key in keys), is_new=False)


def _write(signal: ConsentSignal, contact: Contact, now: datetime) -> Recorded:
    """The signal's events of one contact. The caller holds its lock."""
    keyed = _keyed(signal)
    met = _met(signal.organisation, contact, keyed)
    known = {event.key: event for event in met if event.key in keyed}
    new: dict[str, ConsentEvent] = {}
    if len(known) < len(keyed):
        prefetch_related_objects([contact], "identifiers")
        where = jurisdiction.of_contact(contact, signal.organisation)
        fresh = {key: purpose for key, purpose in keyed.items() if key not in known}
        new = {key: _insert(signal, contact, purpose, key, where, now) for key, purpose in fresh.items()}
        events = [*(event for event in met if event.contact_id == contact.pk), *new.values()]
        refold(contact, list(signal.purposes), events, everything=not signal.purposes)
        desired.refresh(contact, now, events)
    known |= new
    return Recorded(contact, tuple(known[key] for key in keyed), is_new=bool(new))


def _met(organisation: Organisation, contact: Contact, keys: Iterable[str]) -> list[ConsentEvent]:
    """All events of the contact, and those that have one of the keys, whosever they are: in one read."""
    theirs = Q(contact=contact) | Q(organisation=organisation, key__in=list(keys))
    return list(ConsentEvent.objects.filter(theirs))


def _carry_stops(contacts: list[Contact], organisation: Organisation, now: datetime) -> None:
    """A stop reaches whoever may be the same person, also one that is older than the link; no grant does."""
    if len(contacts) < 2:
        return
    copies = list(derived.carried_stops(contacts, organisation))
    known = _known(organisation, (key for copy in copies for key in _keyed(copy)))
    for copy in copies:
        if copy.contact and not set(_keyed(copy)) <= known:
            _write(copy, copy.contact, now)


def _insert(
    signal: ConsentSignal,
    contact: Contact,
    purpose: Purpose | None,
    key: str,
    where: Whereabouts,
    now: datetime,
) -> ConsentEvent:
    pieces = evidence.pieces_of(signal, now)
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
        jurisdiction=where.decided,
        rule_packs=rulepacks.rules_at(signal.organisation, where).versions,
        occurred_at=signal.occurred_at,
        asked_at=signal.asked_at,
        received_at=signal.received_at,
        recorded_at=now,
        proved=signal.proved,
        expires_at=_expiry(signal, purpose, where),
        voids=signal.voids,
        reason=signal.reason,
        evidence_digests={piece.part: digests.evidence(piece.payload, piece.salt) for piece in pieces},
        key=key,
        is_test=signal.is_test or contact.is_test,
    )
    event.mac = digests.event_mac(event)
    event.save(force_insert=True)
    for piece in pieces:
        piece.event = event
    Evidence.objects.bulk_create(pieces)
    return event


def _expiry(signal: ConsentSignal, purpose: Purpose | None, where: Whereabouts) -> datetime | None:
    """When a grant runs out by today's settings and packs: frozen, so that later ones can only shorten it."""
    if signal.kind != Kind.GIVEN or not purpose:
        return None
    rules = rulepacks.rules_at(signal.organisation, where, purpose.category)
    return standing.lifetime_ends(signal.occurred_at, purpose, rules)


def refold(
    contact: Contact, purposes: list[Purpose], events: Collection[Any], *, everything: bool
) -> list[ConsentRecord]:
    """Make the records of these purposes equal to the fold of the contact's events.

    A stop of everything touches each purpose of the organisation, also those without a record. The caller
    holds the contact's lock, and has read ``events``, all there are of it, since.
    """
    if everything:
        purposes = list(Purpose.objects.filter(organisation=contact.organisation_id))
    records = [_record_of(contact, purpose, fold(events, purpose.pk)) for purpose in purposes]
    facts = ["stop", "grant", "proof"]
    return ConsentRecord.objects.bulk_create(
        records, update_conflicts=True, unique_fields=["contact", "purpose"], update_fields=facts
    )


def _record_of(contact: Contact, purpose: Purpose, facts: Facts[Any]) -> ConsentRecord:
    return ConsentRecord(
        contact=contact, purpose=purpose, stop=facts.stop, grant=facts.grant, proof=facts.proof
    )


@transaction.atomic
def rebuild(contact: Contact) -> list[ConsentRecord]:
    """Rebuild all records of one contact from its events."""
    locking.lock([contact])
    events = list(ConsentEvent.objects.filter(contact=contact))
    everything = any(event.purpose_id is None for event in events)
    named = Purpose.objects.filter(events__contact=contact).distinct()
    ConsentRecord.objects.filter(contact=contact).delete()
    return refold(contact, list(named), events, everything=everything)
