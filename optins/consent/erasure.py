"""Erasing one person: at once here, then at each sender, and only then the last that is left of them.

What stays is the ledger, which names nobody, and a suppression: a digest that keeps the stop.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db import transaction
from django.db.models import F

from optins.consent import (
    addresses,
    desired,
    held_back,
    holds,
    identity,
    leftovers,
    locking,
    removals,
    strangers,
    suppressions,
)
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, Identifier
from optins.consent.traces import Traces, people_in
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    Contact,
    ContactIdentifier,
    Evidence,
    InboundDelivery,
    SenderContact,
)

# By then a sender that was not told is staff's to tell: until then its address is kept, encrypted.
DEADLINE = timedelta(days=7)


class Held(Exception):
    """A legal hold forbids to remove anything about this contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who erases, and by which door."""

    actor: str
    door: str
    reference: str = ""
    channel: CaptureChannel | None = None
    proved: bool = False


def somebody(held: locking.Held) -> list[Contact]:
    """Of a stranger a new contact, for an erasure is an act too."""
    return [identity.make(held.organisation, held.identifiers, {})]


@transaction.atomic
def erase(contact: Contact, by: By, *, now: datetime) -> Traces | None:
    """Stop, suppress and remove, in one transaction; None where it was done before. Raises Held.

    Returns what to look for elsewhere: files and tables that are not of this floor are the caller's. What
    each sender is still to be told is on its row, and ``finish`` ends it.
    """
    mentions = _mentions(contact)
    recorded = record(_signal(contact, by, now), now=now)  # from here on the contact is locked
    contact.refresh_from_db()
    if holds.is_held(contact):
        raise Held("A legal hold forbids it.")
    if not recorded.is_new:
        return None
    identifiers = _identifiers(contact)
    suppressions.suppress(contact.organisation, identifiers, suppressions.Reason.ERASED, now=now)
    strangers.forget(contact.organisation, identifiers)
    _forget_facts(contact, now)
    desired.take_leave(contact, now)
    traces, kept = Traces(identifiers), holds.Kept(contact.organisation)
    _remove(contact, identifiers, traces, kept)
    named = Evidence.objects.filter(pk__in=[row.pk for row in mentions])
    held_back.note(contact.organisation, contact, named.filter(kept.evidence))
    removals.remove(named.exclude(kept.evidence), removals.Reason.NAMED, now)
    return traces


def _mentions(contact: Contact) -> list[Evidence]:
    identifiers = _identifiers(contact)
    return leftovers.mentions(contact, Traces(identifiers)) if identifiers else []


def _signal(contact: Contact, by: By, now: datetime) -> ConsentSignal:
    return ConsentSignal(
        organisation=contact.organisation,
        contact=contact,
        kind=ConsentEvent.Kind.ERASED,
        actor=by.actor,
        actor_reference=by.reference,
        door=by.door,
        channel=by.channel,
        connection="erasure",
        id=str(contact.uuid),
        occurred_at=now,
        received_at=now,
        proved=by.proved,
        reason=ConsentEvent.Reason.ERASURE,
    )


def _identifiers(contact: Contact) -> tuple[Identifier, ...]:
    rows = ContactIdentifier.objects.filter(contact=contact)
    return tuple(Identifier(row.scheme, row.value, row.scope) for row in rows)


def _forget_facts(contact: Contact, now: datetime) -> None:
    contact.erased_at, contact.language, contact.country = now, "", ""
    contact.age_band = Contact.AgeBand.UNKNOWN
    contact.save(update_fields=["erased_at", "language", "country", "age_band"])


def _remove(contact: Contact, identifiers: tuple[Identifier, ...], traces: Traces, kept: holds.Kept) -> None:
    leftovers.remove_own(contact, kept)
    leftovers.remove_requests(contact, identifiers, traces, kept)
    leftovers.remove_messages(contact, identifiers)
    if identifiers:
        leftovers.remove_deliveries(contact, traces, kept)


def forget_delivery(delivery: InboundDelivery, scope: str) -> None:
    """Take out of a delivery whoever is erased and has not begun anew: an echo, or what came late.

    What came after the erasure and is not processed yet stays until it is: it may be a new beginning.
    ``scope``: the business portfolio of its BSUIDs.
    """
    organisation = delivery.channel.organisation
    if not suppressions.any_erased(organisation):
        return
    people = list(people_in(bytes(delivery.body), scope))
    if suppressions.erased_at(suppressions.met(organisation, chain(*people))) is None:
        return
    for identifiers in people:
        erased = suppressions.erased_at(suppressions.met(organisation, identifiers))
        is_over = delivery.state == InboundDelivery.State.DONE or (erased and delivery.received_at <= erased)
        if erased and is_over and not identity.find(organisation, identifiers):
            leftovers.strip(delivery, Traces(identifiers), holds.Kept(organisation))
            delivery.refresh_from_db(fields=["body", "headers"])


# What is left until each sender has been told


@transaction.atomic
def finish(contact: Contact, now: datetime) -> bool:
    """Let go of each sender that has been told; whether nothing is left to tell."""
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    assert contact.erased_at  # noqa: S101  the caller chose among the erased
    rows = SenderContact.objects.select_for_update(of=("self",)).filter(contact=contact)
    for row in rows.select_related("sender"):
        if _was_told(row, now):
            _tell_anew(row)
            row.delete()
        elif row.last_addresses and now >= contact.erased_at + DEADLINE:
            give_up(row, now)
    return not SenderContact.objects.filter(contact=contact).exists()


def _was_told(row: SenderContact, now: datetime) -> bool:
    is_free = row.leased_until is None or row.leased_until <= now
    return is_free and row.pushed_version >= row.version and row.unsettled_version is None


def _tell_anew(row: SenderContact) -> None:
    """Whoever has this address by now may have said yes since: the sender hears of them once more."""
    told = addresses.all_told(row)
    again = ContactIdentifier.objects.filter(
        organisation=row.sender.organisation_id, value__in=[*told, *(f"+{each}" for each in told)]
    )
    there = SenderContact.objects.filter(sender=row.sender, contact__in=again.values("contact"))
    there.exclude(pk=row.pk).update(version=F("version") + 1)


def give_up(row: SenderContact, now: datetime) -> None:
    """It could not be told in time. The address goes; the row stays, as an alarm for staff."""
    row.last_addresses, row.parked_at = "", row.parked_at or now
    row.last_error, row.leased_until = "It could not be told in time.", None
    row.save(update_fields=["last_addresses", "parked_at", "last_error", "leased_until"])
