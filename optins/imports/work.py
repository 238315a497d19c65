"""Recording an approved file: row by row, each in a transaction of its own, from wherever it stopped."""

from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog
from django.db import DataError
from django.db.models import Count, Q
from django.utils import timezone

from optins.consent import locking
from optins.consent.signal import SignalError, phone
from optins.imports import batches
from optins.imports.books import Ledger
from optins.imports.outcomes import apply, numbered
from optins.imports.rows import Row
from optins.models import ImportBatch, ImportRow, Purpose

log = structlog.get_logger(__name__)
State = ImportBatch.State
Outcome = ImportRow.Outcome
# Short, so that a worker with a single hand also gets to what senders wait for.
SLICE = timedelta(seconds=2)
# Longer than a slice with one row that has to wait for somebody else's lock.
LEASE = timedelta(seconds=60)


def take(now: datetime) -> ImportBatch | None:
    """The approved batch that has waited longest and that no worker is at, held for a while."""
    free = ImportBatch.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), state=State.APPROVED)
    batch = free.select_related("channel__organisation").order_by("decided_at", "pk").first()
    if batch is None or not hold(batch, now):
        return None
    return batch


def hold(batch: ImportBatch, now: datetime) -> bool:
    """Tell other workers to stay away. Only for speed: a row is never recorded twice, whoever comes."""
    mine = ImportBatch.objects.filter(pk=batch.pk, leased_until=batch.leased_until)
    batch.leased_until = now + LEASE
    return bool(mine.update(leased_until=batch.leased_until))


def let_go(batch: ImportBatch) -> None:
    ImportBatch.objects.filter(pk=batch.pk, leased_until=batch.leased_until).update(leased_until=None)


def record_for(batch: ImportBatch, seconds: float) -> bool:
    """Record rows for about so long; whether all of them are recorded now.

    A large file takes a while to read, each time anew: recording it then goes on for at least as long.
    """
    begun = monotonic()
    origin = batches.origin_of(batch)
    found = batches.readings(bytes(batch.content), batch.mapping, origin)
    deadline = monotonic() + max(seconds, monotonic() - begun)
    refused_since = {refusal.line: refusal.reason for refusal in found.refusals}
    left = set(batch.rows.filter(recorded_at=None).values_list("number", flat=True))
    purposes = list(origin.purposes.values())
    for row, is_repeated in numbered(found.rows):
        if row.line not in left:
            continue
        if monotonic() > deadline:
            return False
        _record_row(batch, row, purposes, is_repeated=is_repeated)
    for line in left & refused_since.keys():
        _refuse(batch, line, refused_since[line])
    _finish(batch)
    return True


def _record_row(batch: ImportBatch, row: Row, purposes: list[Purpose], *, is_repeated: bool) -> None:
    """One row; one that the database does not take is refused, whatever the preview thought of it."""
    try:
        _apply_row(batch, row, purposes, is_repeated=is_repeated)
    except (SignalError, DataError) as error:
        log.warning("an import's row was refused", batch=batch.pk, line=row.line, error=type(error).__name__)
        _refuse(batch, row.line, "It could not be recorded.")


def _apply_row(batch: ImportBatch, row: Row, purposes: list[Purpose], *, is_repeated: bool) -> None:
    """The row's acts and what became of it, together: whoever dies here leaves both undone."""
    locking.begun_anew(partial(_apply_held, batch, row, purposes, is_repeated=is_repeated))


def _apply_held(batch: ImportBatch, row: Row, purposes: list[Purpose], *, is_repeated: bool) -> None:
    # The person before the row, as whoever erases them does: else each could wait for the other.
    locking.hold(batch.channel.organisation, phone(row.number))
    now = timezone.now()
    line = ImportRow.objects.filter(batch=batch, number=row.line)
    # Claimed first: of two workers at one row, the second waits here and then finds it done.
    mine = line.filter(recorded_at=None).exclude(foreseen=Outcome.REFUSED)
    if mine.update(recorded_at=now):
        result = apply(row, Ledger(batch.channel.organisation, now), purposes, is_repeated=is_repeated)
        line.update(outcome=result.outcome, problem=result.note, contact_id=result.contact_id)


def _refuse(batch: ImportBatch, line: int, reason: str) -> None:
    """A row that cannot be recorded, also one that could when the file was previewed."""
    batch.rows.filter(number=line, recorded_at=None).update(
        recorded_at=timezone.now(), outcome=Outcome.REFUSED, problem=reason, contact_id=None
    )


def _finish(batch: ImportBatch) -> None:
    """Count what became of the rows. One that the preview had refused stays refused."""
    now = timezone.now()
    batch.rows.filter(recorded_at=None).update(recorded_at=now, outcome=Outcome.REFUSED, contact_id=None)
    counts = batch.rows.order_by().values_list("outcome").annotate(rows=Count("pk"))
    batch.state, batch.finished_at, batch.leased_until = State.DONE, now, None
    batch.counts = batches.counted([]) | dict(counts)
    batch.save(update_fields=["state", "finished_at", "leased_until", "counts"])
