"""A file's way: uploaded, previewed, handed in, approved by another person, recorded. Or rejected."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from optins.imports import columns, formats
from optins.imports.books import Preview, chunks
from optins.imports.outcomes import Result, apply, numbered
from optins.imports.rows import Origin, Refusal, Row, digest_of, read
from optins.models import CaptureChannel, ImportBatch, ImportRow

State = ImportBatch.State
Outcome = ImportRow.Outcome


class NotNow(Exception):
    """The batch is past the state in which this can be done, or by this person; the message says which."""


@dataclass(frozen=True, slots=True)
class Readings:
    """A file's rows: those that can be recorded, and those that cannot."""

    rows: list[Row]
    refusals: list[Refusal]


def origin_of(batch: ImportBatch) -> Origin:
    return Origin(
        channel=batch.channel,
        file_digest=batch.file_digest,
        uploaded_at=batch.uploaded_at,
        attestation=batch.attestation,
        reference=f"import:{batch.pk}",
    )


def readings(content: bytes, mapping: Mapping[str, str], origin: Origin) -> Readings:
    """Everything in the file. Raises FileError."""
    rows, refusals = [], []
    for reading in read(formats.read(content), dict(mapping), origin):
        if isinstance(reading, Row):
            rows.append(reading)
        else:
            refusals.append(reading)
    return Readings(rows, refusals)


def foreseen(found: Readings, origin: Origin, now: datetime) -> list[Result]:
    """The outcome of each row, as it would be recorded now. Nothing is written."""
    book = Preview(origin.channel.organisation, found.rows, now)
    purposes = list(origin.purposes.values())
    results = [
        apply(row, book, purposes, is_repeated=is_repeated) for row, is_repeated in numbered(found.rows)
    ]
    results += [Result(refusal.line, Outcome.REFUSED, refusal.reason) for refusal in found.refusals]
    return sorted(results, key=lambda result: result.line)


def counted(outcomes: Iterable[str]) -> dict[str, int]:
    """Rows by outcome, each outcome named."""
    counts = Counter(map(str, outcomes))
    return {str(outcome): counts[outcome] for outcome in Outcome.values}


def upload(
    *,
    channel: CaptureChannel,
    content: bytes,
    file_name: str,
    now: datetime,
    attestation: str = "",
    **brought_by: Any,
) -> ImportBatch:
    """A draft of the file, with columns as far as can be told. Raises FileError."""
    return ImportBatch.objects.create(
        organisation=channel.organisation,
        channel=channel,
        file_name=file_name.replace("\0", "")[-200:],
        file_digest=digest_of(content),
        content=content,
        mapping=_first_mapping(channel, formats.read(content).headers),
        attestation=attestation.strip(),
        uploaded_at=now,
        **brought_by,
    )


def _first_mapping(channel: CaptureChannel, headings: list[str]) -> dict[str, str]:
    """What the headings say; where that is too little, what was said of the last file with such headings."""
    found = columns.guessed(headings)
    if all(name in found for name in columns.REQUIRED):
        return found
    earlier = ImportBatch.objects.filter(organisation=channel.organisation_id).exclude(state=State.DRAFT)
    for mapping in earlier.values_list("mapping", flat=True)[:20]:
        if {text for text in mapping.values() if not text.startswith("=")} <= set(headings):
            return dict(mapping)
    return found


def preview(batch: ImportBatch, mapping: Mapping[str, str], now: datetime) -> ImportBatch:
    """Work out what each row would lead to, with this mapping, and keep it. Raises FileError, NotNow."""
    origin = origin_of(batch)
    found = readings(bytes(batch.content), mapping, origin)
    # Before the transaction: it takes a while, and writers to SQLite wait for one another.
    results = foreseen(found, origin, now)
    with transaction.atomic():
        batch = _held(batch, State.DRAFT)
        batch.rows.all().delete()
        for chunk in chunks(results):
            ImportRow.objects.bulk_create(_row(batch, result) for result in chunk)
        batch.mapping = dict(mapping)
        batch.counts = counted(result.outcome for result in results)
        batch.save(update_fields=["mapping", "counts"])
    return batch


def _row(batch: ImportBatch, result: Result) -> ImportRow:
    return ImportRow(
        batch=batch,
        number=result.line,
        foreseen=result.outcome,
        outcome=result.outcome,
        problem=result.note,
        contact_id=result.contact_id,
    )


@transaction.atomic
def hand_in(batch: ImportBatch) -> ImportBatch:
    """Let another person decide. From here on neither the file nor its columns change."""
    batch = _held(batch, State.DRAFT)
    if not recordable(batch):
        raise NotNow("There is nothing in it to record.")
    batch.state = State.WAITING
    batch.save(update_fields=["state"])
    return batch


def recordable(batch: ImportBatch) -> int:
    """How many of its rows are not refused."""
    return sum(batch.counts.values()) - batch.counts.get(Outcome.REFUSED, 0)


@transaction.atomic
def approve(batch: ImportBatch, user: Any, now: datetime) -> ImportBatch:
    """A second person's yes; a worker records it from here."""
    batch = _held(batch, State.WAITING)
    if batch.uploaded_by_id == user.pk:
        raise NotNow("Another person than the one who uploaded a file approves it.")
    batch.state, batch.decided_by, batch.decided_at = State.APPROVED, user, now
    batch.save(update_fields=["state", "decided_by", "decided_at"])
    return batch


@transaction.atomic
def reject(batch: ImportBatch, user: Any, reason: str, now: datetime) -> ImportBatch:
    """A no, with its reason. Whoever uploaded it may take it back so."""
    batch = _held(batch, State.DRAFT, State.WAITING)
    batch.state, batch.decided_by, batch.decided_at = State.REJECTED, user, now
    batch.decision_reason = reason[:200]
    batch.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    return batch


def _held(batch: ImportBatch, *states: str) -> ImportBatch:
    """The batch as it is now, held to the end of the transaction, if it is in one of these states."""
    rows = ImportBatch.objects.select_for_update(of=("self",)).select_related("channel__organisation")
    held: ImportBatch = rows.get(pk=batch.pk)
    if held.state not in states:
        raise NotNow(f"That cannot be done now. This import: {held.get_state_display().lower()}.")
    return held


def same_file_before(batch: ImportBatch) -> ImportBatch | None:
    """The newest earlier batch of the very same file that was recorded or is about to be."""
    alike = ImportBatch.objects.filter(organisation=batch.organisation_id, file_digest=batch.file_digest)
    return alike.filter(state__in=[State.APPROVED, State.DONE]).exclude(pk=batch.pk).first()
