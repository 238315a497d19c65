"""The one door: ``record`` is the only code that writes consent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
    language_tags,
    locking,
    minimum,
    rulepacks,
    standing,
    strangers,
    suppressions,
    testers,
)
from optins.consent.fold import Facts, fold
from optins.consent.rulepacks import jurisdiction
from optins.consent.rulepacks.jurisdiction import Whereabouts
from optins.consent.signal import ConsentSignal, SignalError
from optins.models import (
    ConsentEvent,
    ConsentRecord,
    Contact,
    Evidence,
    Organisation,
    Purpose,
    Suppression,
)

Kind = ConsentEvent.Kind
FUTURE_ALLOWED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a signal led to: its events, new ones or those that it had led to before."""

    contact: Contact
    events: tuple[ConsentEvent, ...]
    is_new: bool


def record(
    signal: ConsentSignal, *, now: datetime | None = None, held: locking.Held | None = None
) -> Recorded:
    """Write what the signal says, once: events, evidence, records and what senders should hold.

    One transaction; with ``held`` it is the caller's, who began it with ``locking.begun_anew``. The same
    signal again writes nothing. Raises SignalError for a signal that no door may send, e.g. one from the
    future; ErasedSince for one that is older than the person's erasure.
    """
    now = now or timezone.now()
    signal = _marked(_timed(_without_words(signal)))
    if held:
        return _record(signal, held, now)
    return locking.begun_anew(lambda: _record(signal, _hold(signal), now))


def _hold(signal: ConsentSignal) -> locking.Held:
    if signal.contact:
        return locking.hold_contacts(signal.organisation, [signal.contact])
    return locking.hold(signal.organisation, signal.identifiers)


def _record(signal: ConsentSignal, held: locking.Held, now: datetime) -> Recorded:
    keys = list(_keyed(signal))
    met = _met(signal.organisation, held.contacts[:1], keys)
    if {event.key for event in met}.issuperset(keys):
        # Before anything else: a repetition makes no contact and no link, whoever it says it is from.
        return _repeated(keys, met)
    minimum.check(signal)
    found = _settled(signal, held)
    suppressed = _met_suppressions(signal, found)
    if _take_notice(found, suppressed, signal.organisation, signal.door, now):
        met = _met(signal.organisation, [found.contact], keys)
    recorded = _write(signal, found.contact, met, now, held)
    strangers.take_over(found.contact, found.attached, now)
    _carry_stops(held.reached, signal.organisation, now)
    return recorded


def _settled(signal: ConsentSignal, held: locking.Held) -> identity.Found:
    """Whose act it is. Two writers that meet one new number agree on one contact."""
    if signal.contact:
        return identity.Found(signal.contact)
    proved: dict[str, Any] = {}
    if signal.proved:
        proved = {"verified_at": signal.received_at, "verified_by": signal.verified_by}
        identity.mark_verified(held.contacts, signal.identifiers, **proved)
    if held.contacts:
        return identity.settle(held.contacts, signal.identifiers, **proved)
    known = {"language": signal.language, "is_test": signal.is_test}
    made = identity.make(signal.organisation, signal.identifiers, proved, **known)
    held.contacts = (made,)
    return identity.Found(made, attached=signal.identifiers)


def link(held: locking.Held, door: str, *, now: datetime) -> identity.Found | None:
    """Note that a message which is no act came from all of these identifiers. It makes nobody a contact."""
    if not held.contacts or held.is_settled:
        return None
    found = identity.settle(held.contacts, held.identifiers)
    _take_notice(found, suppressions.met(held.organisation, found.attached), held.organisation, door, now)
    strangers.take_over(found.contact, found.attached, now)
    _carry_stops(held.reached, held.organisation, now)
    return found


def propose(contact: Contact, others: Iterable[Contact], *, now: datetime) -> None:
    """Note that these may be the same person: staff decide, and until then a stop of one reaches all."""
    identity.propose_links(identity.Found(contact, tuple(others)))

    def carry() -> None:
        held = locking.hold_contacts(contact.organisation, [contact])
        _carry_stops(held.reached, contact.organisation, now)

    locking.begun_anew(carry)


def _met_suppressions(signal: ConsentSignal, found: identity.Found) -> list[Suppression]:
    """What the identifiers that are new to the contact met before.

    Whoever was erased begins anew, as a contact made since. Raises ErasedSince for an act from before that.
    """
    if not found.attached and signal.occurred_at >= found.contact.created_at:
        return []
    met = suppressions.met(signal.organisation, signal.identifiers)
    suppressions.refuse_older(met, signal.occurred_at)
    is_all = len(found.attached) == len(signal.identifiers)
    return met if is_all else suppressions.met(signal.organisation, found.attached)


def _take_notice(
    found: identity.Found,
    suppressed: Iterable[Suppression],
    organisation: Organisation,
    door: str,
    now: datetime,
) -> bool:
    """What follows from who wrote: links to decide on, and the stops of identifiers new to the contact."""
    identity.propose_links(found)
    stops = list(derived.stops_of_suppressions(suppressed, found.contact, organisation, door, now))
    for stop in stops:
        _write_anew(stop, found.contact, now)
    return bool(stops)


def _timed(signal: ConsentSignal) -> ConsentSignal:
    """Fix the time of the act: not in the future, and never before the question it answers."""
    occurred_at = signal.occurred_at
    if signal.door == ConsentEvent.Door.WEBHOOK:
        occurred_at = min(occurred_at, signal.received_at)
    elif occurred_at > signal.received_at + FUTURE_ALLOWED:
        raise SignalError("occurred_at is more than five minutes in the future.")
    earliest = (signal.asked_at if signal.request else None, signal.not_before)
    return replace(signal, occurred_at=max([occurred_at, *(at for at in earliest if at)]))


def _without_words(signal: ConsentSignal) -> ConsentSignal:
    """What is no language has no place in the ledger, which is never changed; the act itself has."""
    return replace(signal, language=language_tags.tag_or_nothing(signal.language))


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


def _met(
    organisation: Organisation, contacts: Collection[Contact], keys: Iterable[str]
) -> list[ConsentEvent]:
    """All events of the contact, and those that have one of the keys, whosever they are: in one read."""
    theirs = Q(contact__in=contacts) | Q(organisation=organisation, key__in=list(keys))
    # In no order, and without the columns that are long: the fold asks for neither.
    return list(ConsentEvent.objects.filter(theirs).order_by().defer("evidence_digests", "mac", "rule_packs"))


def _repeated(keys: Iterable[str], met: list[ConsentEvent]) -> Recorded:
    by_key = {event.key: event for event in met}
    events = tuple(by_key[key] for key in keys)
    return Recorded(events[0].contact, events, is_new=False)


def _write_anew(signal: ConsentSignal, contact: Contact, now: datetime) -> None:
    _write(signal, contact, _met(signal.organisation, [contact], _keyed(signal)), now)


def _write(
    signal: ConsentSignal,
    contact: Contact,
    met: list[ConsentEvent],
    now: datetime,
    held: locking.Held | None = None,
) -> Recorded:
    """The signal's events of one contact. The caller holds its lock, and has read what it ``met`` since."""
    keyed = _keyed(signal)
    known = {event.key: event for event in met if event.key in keyed}
    new: dict[str, ConsentEvent] = {}
    if len(known) < len(keyed):
        prefetch_related_objects([contact], "identifiers")
        where = jurisdiction.of_contact(contact, signal.organisation)
        fresh = {key: purpose for key, purpose in keyed.items() if key not in known}
        new = {key: _insert(signal, contact, purpose, key, where, now) for key, purpose in fresh.items()}
        events = [*(event for event in met if event.contact_id == contact.pk), *new.values()]
        purposes = signal.purposes or (held.purposes if held else _purposes_of(contact))
        refold(contact, purposes, events)
        desired.refresh(contact, now, events)
    known |= new
    return Recorded(contact, tuple(known[key] for key in keyed), is_new=bool(new))


def _carry_stops(contacts: Collection[Contact], organisation: Organisation, now: datetime) -> None:
    """A stop reaches whoever may be the same person, also one that is older than the link; no grant does."""
    if len(contacts) < 2:
        return
    copies = list(derived.carried_stops(contacts, organisation))
    known = _known(organisation, (key for copy in copies for key in _keyed(copy)))
    for copy in copies:
        if copy.contact and not set(_keyed(copy)) <= known:
            _write_anew(copy, copy.contact, now)


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


def _purposes_of(contact: Contact) -> list[Purpose]:
    return list(Purpose.objects.filter(organisation=contact.organisation_id))


def refold(contact: Contact, purposes: Iterable[Purpose], events: Collection[Any]) -> list[ConsentRecord]:
    """Make the records of these purposes equal to the fold of the contact's events.

    A stop of everything touches each purpose of the organisation, also those without a record. The caller
    holds the contact's lock, and has read ``events``, all there are of it, since.
    """
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
    if any(event.purpose_id is None for event in events):
        purposes = _purposes_of(contact)
    else:
        purposes = list(Purpose.objects.filter(events__contact=contact).distinct())
    ConsentRecord.objects.filter(contact=contact).delete()
    return refold(contact, purposes, events)
