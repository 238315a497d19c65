"""Files as other systems save them, and the way they take through the portal."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
from django.utils import timezone

from optins.imports import batches, formats, work
from optins.imports.tasks import record_approved
from optins.models import ImportBatch, ImportRow

HEADINGS = ["phone", "purposes", "status", "occurred_at", "language", "source", "evidence"]
BOTH = "appointment-reminders|health-tips"
GIVEN_AT = "2026-03-02T10:00:00+02:00"
GIVEN = {
    "phone": "+27820000101",
    "purposes": BOTH,
    "status": "given",
    "occurred_at": GIVEN_AT,
    "language": "en",
    "source": "",
    "evidence": "form 12",
}
STOPPED = GIVEN | {"purposes": "all", "status": "withdrawn", "evidence": "", "occurred_at": "2026-04-01"}


def rows_of(*rows: dict[str, Any], headings: list[str] = HEADINGS) -> list[list[Any]]:
    return [[row.get(heading, "") for heading in headings] for row in rows]


def csv_file(*rows: dict[str, Any], separator: str = ",", encoding: str = "utf-8", **more: Any) -> bytes:
    headings = more.get("headings", HEADINGS)
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([headings, *rows_of(*rows, headings=headings)])
    return out.getvalue().encode(encoding)


def xlsx_file(*rows: dict[str, Any], headings: list[str] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    for row in [headings, *rows_of(*rows, headings=headings)]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def many(count: int, **values: Any) -> list[dict[str, Any]]:
    return [GIVEN | {"phone": f"+2782000{number:04}"} | values for number in range(1000, 1000 + count)]


def uploaded(clinic: Any, content: bytes, **values: Any) -> ImportBatch:
    """A draft with its preview, brought by the clinic's admin."""
    mapping = values.pop("mapping", {})
    now = values.pop("now", timezone.now())
    batch = batches.upload(
        **{
            "channel": clinic.web,
            "content": content,
            "file_name": "people.csv",
            "now": now,
            "uploaded_by": clinic.demo.admin,
        }
        | values
    )
    return batches.preview(batch, {**batch.mapping, **mapping}, now)


def approved(clinic: Any, content: bytes, **values: Any) -> ImportBatch:
    """The same, handed in and approved by a second person: not yet recorded."""
    from tests.imports.staff import reviewer

    batch = batches.hand_in(uploaded(clinic, content, **values))
    return batches.approve(batch, reviewer(clinic), timezone.now())


def recorded(clinic: Any, content: bytes, **values: Any) -> ImportBatch:
    """The same, and recorded to its end."""
    batch = approved(clinic, content, **values)
    assert work.record_for(batch, seconds=1000)
    batch.refresh_from_db()
    return batch


def some(counts: dict[str, int]) -> dict[str, int]:
    """The counts without those that are zero."""
    return {outcome: count for outcome, count in counts.items() if count}


def problems(batch: ImportBatch) -> dict[int, str]:
    rows = batch.rows.filter(outcome=ImportRow.Outcome.REFUSED)
    return dict(rows.values_list("number", "problem"))


def phones_in(content: bytes) -> list[str]:
    """What the table's phone column holds, as it is read from the file."""
    table = formats.read(content)
    place = table.headers.index("phone")
    return [row[place] for row in table]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def record_all() -> None:
    """As the worker does, a slice of time after the other: how many it takes is the machine's affair."""
    while record_approved():
        pass
