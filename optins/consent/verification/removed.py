"""Evidence that is gone: by a rule, which left a record with our MAC, or past all of them."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Exists, OuterRef

from optins.consent import removals
from optins.consent.verification.events import EventCheck
from optins.consent.verification.findings import Finding, Kind
from optins.models import Evidence, EvidenceRemoval

CHUNK = 1000


def gone(events: EventCheck, parts: list[tuple[UUID, str]]) -> Iterator[Finding]:
    """A note for each of these that a record accounts for, and a finding for each that none does."""
    rows = EvidenceRemoval.objects.filter(event__in={event for event, _part in parts})
    known = {(row.event_id, row.part): row for row in rows if removals.is_ours(row)}
    for event, part in parts:
        name, row = f"{event}/{part}", known.get((event, part))
        if row:
            text = f"The evidence ({part}) of event {event} is gone: {row.get_reason_display().lower()}."
            yield events.finding(Kind.EVIDENCE_GONE, "evidence", name, text)
        else:
            text = f"The evidence ({part}) of event {event} is gone, and no removal of ours is on record."
            yield events.finding(Kind.EVIDENCE_REMOVED, "evidence", name, text)


def check(events: EventCheck) -> Iterator[Finding]:
    """Each record of a removal by its MAC; and what is there all the same was put back."""
    rows = EvidenceRemoval.objects.filter(event__organisation=events.organisation)
    there = Evidence.objects.filter(event=OuterRef("event"), part=OuterRef("part"))
    for row in rows.annotate(is_back=Exists(there)).order_by("pk").iterator(CHUNK):
        name = f"{row.event_id}/{row.part}"
        if not removals.is_ours(row):
            text = f"The record that evidence ({row.part}) of event {row.event_id} was removed is not ours."
            yield events.finding(Kind.REMOVAL_CHANGED, "evidence", name, text)
        elif row.is_back:
            text = f"The evidence ({row.part}) of event {row.event_id} was removed, and somebody put it back."
            yield events.finding(Kind.EVIDENCE_INSERTED, "evidence", name, text)
