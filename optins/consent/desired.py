"""What each sender should hold about a contact: computed from the records, never set by hand."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import FilteredRelation, Q

from optins.consent import addresses, doubts, standing
from optins.consent.fold import fold
from optins.consent.rulepacks import jurisdiction
from optins.models import ConsentEvent, ConsentRecord, Contact, Purpose, Sender, SenderContact

Lane = SenderContact.Lane


# What a sender should hold about somebody who is erased: no, and nothing of what we once told it.
CLEARED: dict[str, Any] = {"opted_in": False, "opted_in_at": None}


def desired_for(
    contact: Contact, now: datetime, events: Collection[ConsentEvent] | None = None
) -> dict[str, Any]:
    """``opted_in`` while at least one purpose is allowed, and when the deciding grant was given.

    ``events``: all of the contact's, for whoever has read them already.
    """
    allowed = dict(_allowed(contact, _granted(contact, events), now))
    marketing = [purpose for purpose in allowed if purpose.category == Purpose.Category.MARKETING]
    if marketing and doubts.are_open(contact):
        for purpose in marketing:
            del allowed[purpose]
    if not allowed:
        return {"opted_in": False}
    return {"opted_in": True, "opted_in_at": f"{max(allowed.values()):%Y-%m-%dT%H:%M:%SZ}"}


def _granted(contact: Contact, events: Collection[ConsentEvent] | None) -> dict[Purpose, standing.Judged]:
    """Each purpose with a grant, and what is to be judged of it."""
    if events is None:
        records = ConsentRecord.objects.filter(contact=contact, grant__isnull=False)
        return {record.purpose: record for record in records.select_related(*standing.WHAT_JUDGE_READS)}
    # The record is the fold of its events, so there is no need to read it.
    given = {e.purpose_id for e in events if e.purpose_id and e.kind == ConsentEvent.Kind.GIVEN}
    facts = {purpose_id: fold(events, purpose_id) for purpose_id in given}
    held = [purpose_id for purpose_id, found in facts.items() if found.grant]
    return {each: facts[each.pk] for each in Purpose.objects.filter(pk__in=held)} if held else {}


def _allowed(
    contact: Contact, granted: dict[Purpose, standing.Judged], now: datetime
) -> Iterator[tuple[Purpose, datetime]]:
    """Each purpose that is allowed, and when the grant that decides it was given."""
    where = jurisdiction.of_contact(contact, contact.organisation) if granted else None
    for purpose, judged in granted.items():
        rules = standing.rules_of(contact, purpose, where)
        worth = standing.judge(judged, contact, purpose, now, rules)
        if worth.allowed and worth.event:
            yield purpose, worth.event.occurred_at


def refresh(contact: Contact, now: datetime, events: Collection[ConsentEvent] | None = None) -> None:
    """Bring the row of each sender up to what it should hold. The caller holds the contact's lock."""
    if contact.is_test or contact.erased_at:
        return
    wanted = desired_for(contact, now, events)
    # One that is switched off is told nothing; what changes meanwhile waits until it is on again.
    theirs = FilteredRelation("contacts", condition=Q(contacts__contact=contact.pk))
    senders = Sender.objects.on_whatsapp().filter(organisation=contact.organisation_id)
    told = list(senders.annotate(there=theirs).values_list("pk", "there__pk", "there__desired"))
    if not any(row for _, row, _ in told) and not addresses.has_any(contact):
        return
    unknown_to = [sender for sender, row, _ in told if row is None]
    SenderContact.objects.bulk_create(_told_first(contact, sender, wanted, now) for sender in unknown_to)
    outdated = [row for _, row, desired in told if row and desired != wanted]
    for row in SenderContact.objects.filter(pk__in=outdated) if outdated else ():
        _change(row, wanted, now)


def _told_first(contact: Contact, sender: int, wanted: dict[str, Any], now: datetime) -> SenderContact:
    return SenderContact(
        sender_id=sender, contact=contact, desired=wanted, lane=_lane(wanted), next_attempt_at=now
    )


def _change(row: SenderContact, wanted: dict[str, Any], now: datetime) -> None:
    """A new difference to close: due at once, whatever earlier attempts have come to."""
    row.desired = wanted
    row.version += 1
    row.lane = _lane(wanted)
    row.next_attempt_at = now
    row.attempts = 0
    row.parked_at = None
    row.save(update_fields=["desired", "version", "lane", "next_attempt_at", "attempts", "parked_at"])


def take_leave(contact: Contact, now: datetime) -> None:
    """Each sender is to be told the last about somebody who is erased; the caller holds the contact's lock.

    Their addresses go with the row, encrypted: the identifiers themselves are about to be removed.
    """
    for row in SenderContact.objects.filter(contact=contact).select_related("sender"):
        if not addresses.keep(row):
            row.delete()
            continue
        row.observed, row.last_error = None, ""
        row.save(update_fields=["last_addresses", "observed", "last_error"])
        _change(row, CLEARED, now)


def _lane(wanted: dict[str, Any]) -> int:
    return Lane.GRANT if wanted["opted_in"] else Lane.WITHDRAWAL


def allowed_purposes(contact: Contact, purposes: list[Purpose], now: datetime) -> set[str]:
    """The keys of those purposes that the contact may be messaged about now, senders aside."""
    found = zip(purposes, standing.standings_of(contact, purposes, now), strict=True)
    return {purpose.key for purpose, worth in found if worth.allowed}
