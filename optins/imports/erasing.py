"""Taking one person's rows out of the kept files, without moving the lines of anybody else."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openpyxl
from django.db import transaction
from django.utils import timezone

from optins.consent import held_back, holds, numbers
from optins.consent.digit_runs import HIDDEN, without_numbers
from optins.consent.traces import Traces
from optins.imports import batches, columns, delimited, formats, sheets
from optins.imports.cells import CellError, PhoneCell
from optins.imports.decoding import text_of
from optins.imports.delimited import Record
from optins.imports.errors import FileError
from optins.imports.escaping import unescaped
from optins.models import Contact, HeldBack, ImportBatch, ImportRow, Organisation

State, Outcome = ImportBatch.State, ImportRow.Outcome
ERASED = "The person was erased on request."
NO_HEADINGS = "The file had no headings: what stood there was erased. Upload it again with headings."
_WORDS = ("file_name", "attestation", "decision_reason")
_UNFINISHED = (State.DRAFT, State.WAITING, State.APPROVED)


@transaction.atomic
def forget(contact: Contact, traces: Traces) -> None:
    """In every file that is kept. One that was dealt with goes whole; of the others, the person's lines.

    Each batch is held to the end of the transaction, as it is then: it may be decided or recorded meanwhile.
    One with somebody in it on whom a legal hold lies stays as it is, and is noted.
    """
    held = ImportBatch.objects.select_for_update(of=("self",)).filter(organisation=contact.organisation)
    for key in list(held.order_by("pk").values_list("pk", flat=True)):
        batch = held.select_related("organisation").get(pk=key)
        if not holds.imported_rows().filter(batch=batch).exists():
            _forget_in(batch, traces)
        elif _names(batch, traces):
            held_back.note(contact.organisation, contact, ImportBatch.objects.filter(pk=key))


def _names(batch: ImportBatch, traces: Traces) -> bool:
    """Whether the person stands anywhere in it; in a file that nobody can read they may."""
    records = _readable(batch)
    words = [batch.mapping, *(getattr(batch, name) for name in _WORDS)]
    return (records is None and bool(batch.content)) or bool(
        traces.are_in(words) or traces.found_in(batch.rows.all(), "problem") or _lines(batch, records, traces)
    )


def _lines(batch: ImportBatch, records: list[Record] | None, traces: Traces) -> set[int]:
    return {r.line for r in records or () if any(_is_in(c, batch.organisation, traces) for c in r.cells)}


def _forget_in(batch: ImportBatch, traces: Traces) -> None:
    records = _readable(batch)
    lines = _lines(batch, records, traces)
    heading = next((r.line for r in records or () if not r.is_blank), 0)
    _forget_words(batch, traces, is_heading_theirs=heading in lines)
    if batch.content and (records is None or (lines and batch.state not in _UNFINISHED)):
        ImportBatch.objects.filter(pk=batch.pk).update(content=b"")
    elif lines:
        _rewrite(batch, lines, heading)


def _forget_words(batch: ImportBatch, traces: Traces, *, is_heading_theirs: bool) -> None:
    """What staff wrote about the file, where it names the person, and what was taken for its columns."""
    words: dict[str, Any] = {name: traces.hidden(getattr(batch, name)) for name in _WORDS}
    is_theirs = is_heading_theirs or any(map(traces.are_in, columns.theirs(batch.mapping).values()))
    # Where the first line is somebody's own, every name of a column stands in it.
    gone = columns.theirs(batch.mapping) if is_theirs else {}
    words["mapping"] = {
        name: HIDDEN if name in gone else traces.hidden(text) for name, text in batch.mapping.items()
    }
    if any(getattr(batch, name) != text for name, text in words.items()):
        ImportBatch.objects.filter(pk=batch.pk).update(**words)
    told = batch.rows.exclude(problem="")
    for row in told.filter(pk__in=traces.found_in(told, "problem")):
        batch.rows.filter(pk=row.pk).update(problem=traces.hidden(row.problem))


def _readable(batch: ImportBatch) -> list[Record] | None:
    """The records of the file; None where there is no file, or none that can be read."""
    try:
        return list(_records(bytes(batch.content))) if batch.content else None
    except FileError:
        return None


def _is_in(cell: str, organisation: Organisation, traces: Traces) -> bool:
    """Whether the cell is the number, however it is written, or holds it among other words."""
    if traces.are_in(cell):
        return True
    try:
        read = PhoneCell().clean(unescaped(cell), organisation=organisation)
    except CellError:
        return False
    return not traces.numbers.isdisjoint({read, numbers.canonical(read)})


def _records(content: bytes) -> Iterator[Record]:
    if formats.is_xlsx(content):
        return sheets.records(content)
    lines = delimited.lines_of(text_of(content))
    return delimited.records(lines, *delimited.separator_of(lines, columns.is_known))


def _rewrite(batch: ImportBatch, lines: set[int], heading: int) -> None:
    content = bytes(batch.content)
    batch.content = (_workbook if formats.is_xlsx(content) else _text)(content, lines)
    left = batch.rows.filter(recorded_at=None)
    refused = {"foreseen": Outcome.REFUSED, "outcome": Outcome.REFUSED}
    left.filter(number__in=lines).update(**refused, problem=ERASED, contact=None)
    if heading in lines:
        left.exclude(number__in=lines).update(**refused, problem=NO_HEADINGS)
    if batch.rows.exists():
        batch.counts = batches.counted(batch.rows.values_list("outcome", flat=True))
    if heading in lines or not _has_rows(batch.content):
        _end(batch)
    batch.save(update_fields=["content", "counts", "state", "decided_by", "decided_at", "finished_at"])


def _text(content: bytes, lines: set[int]) -> bytes:
    """The file with empty lines in place of these records; a record may take several lines."""
    texts = delimited.lines_of(text_of(content))
    found = list(delimited.records(texts, *delimited.separator_of(texts, columns.is_known)))
    ends = [record.line for record in found[1:]] + [len(texts) + 1]
    for record, end in zip(found, ends, strict=True):
        if record.line in lines:
            texts[record.line - 1 : end - 1] = ["\n"] * (end - record.line)
    return "".join(texts).encode()


def _workbook(content: bytes, lines: set[int]) -> bytes:
    book = openpyxl.load_workbook(BytesIO(content))
    for sheet in book.worksheets:
        for line in lines:
            for cell in sheet[line] if line <= sheet.max_row else ():
                cell.value = None
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _has_rows(content: bytes) -> bool:
    try:
        formats.read(content)
    except FileError:
        return False
    return True


@transaction.atomic
def let_go(organisation: Organisation) -> None:
    """What was left for a hold that is released. Whom to look for in it nobody knows any more: it goes whole,
    once it is dealt with, and of what was written about it every number."""
    left = HeldBack.objects.filter(organisation=organisation, batch__isnull=False)
    free = left.exclude(batch__in=holds.imported_rows().values("batch"))
    for row in free.exclude(batch__state__in=_UNFINISHED).select_related("batch"):
        batch: Any = row.batch
        words: dict[str, Any] = {name: without_numbers(getattr(batch, name)) for name in _WORDS}
        words["mapping"] = columns.lasting(batch.mapping)
        ImportBatch.objects.filter(pk=batch.pk).update(content=b"", **words)
        for line in batch.rows.exclude(problem=""):
            batch.rows.filter(pk=line.pk).update(problem=without_numbers(line.problem))
        row.delete()


def _end(batch: ImportBatch) -> None:
    """There is nothing left in it that could be read and recorded."""
    now, batch.content = timezone.now(), b""
    if batch.state == State.APPROVED:
        batch.state, batch.finished_at = State.DONE, now
    else:
        batch.state, batch.decided_at = State.REJECTED, now
        batch.decided_by = batch.uploaded_by
