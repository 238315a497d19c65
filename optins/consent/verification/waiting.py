"""The events that no seal covers yet: reported, and checked by the MAC that was made with each."""

from collections.abc import Generator, Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from optins.consent import digests, ledger
from optins.consent.verification import pieces
from optins.consent.verification.events import EventCheck
from optins.consent.verification.findings import Finding, Kind
from optins.consent.verification.readable import readable
from optins.models import Organisation

CHUNK = 1000


def check(
    organisation: Organisation, events: EventCheck
) -> Generator[Finding, None, tuple[int, datetime | None]]:
    """Findings; returns how many wait for a seal, and when the oldest of them was recorded."""
    count, oldest = 0, None
    ids = ledger.unsealed(organisation).values_list("pk", flat=True).iterator(CHUNK)
    while chunk := list(islice(ids, CHUNK)):
        found = readable(chunk, events.reader.by_id)
        count += len(chunk)
        times = [oldest, *(entry.recorded_at for entry in found.values())]
        oldest = min((at for at in times if at), default=None)
        yield from pieces.check(events, found.values())
        for id in chunk:
            yield from _event(id, found.get(id), events)
    return count, oldest


def _event(id: UUID, entry: ledger.Entry | None, events: EventCheck) -> Iterator[Finding]:
    if entry is None:
        text = f"Event {id} cannot be read, or belongs to nobody: its contact is gone."
        yield events.finding(Kind.EVENT_CHANGED, "event", id, text)
    elif not digests.is_mac_of(entry.data, entry.mac):
        text = f"Event {id} was inserted, or changed before it was sealed: its MAC is not ours."
        yield events.finding(Kind.EVENT_INSERTED, "event", id, text)
    elif finding := events.by_an_old_key(entry, events.now):
        yield finding
