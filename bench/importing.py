"""A file of 5,000 rows: through our door, previewed and recorded, and by django-import-export alone."""

import csv
import io
import time
from typing import Any

import tablib
from django.utils import timezone
from import_export.resources import ModelResource

from channels_capture.seed import Demo
from optins.imports import batches, work
from optins.models import Contact, ContactIdentifier, ImportBatch, Organisation, User

ROWS = 5_000
PURPOSE = "appointment-reminders"
_HEADINGS = ("phone", "purposes", "status", "occurred_at", "evidence")


class StockResource(ModelResource):
    """The stock way: each row becomes a contact with its number. No consent, no ledger, no outcome kept."""

    class Meta:
        model = ContactIdentifier
        fields = ("value",)
        import_id_fields = ("value",)

    def __init__(self, organisation: Organisation) -> None:
        super().__init__()
        self.organisation = organisation

    def before_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        instance.organisation, instance.scheme = self.organisation, ContactIdentifier.Scheme.PHONE
        instance.contact = Contact.objects.create(organisation=self.organisation)


def rates(demo: Demo, rows: int = ROWS) -> dict[str, float]:
    """Rows a second, each way once: a file is read, previewed, and then written."""
    return {"import": _ours(demo, rows), "stock-import": _stock(rows)}


def _ours(demo: Demo, rows: int) -> float:
    content, begun = _file(rows, "+2783"), time.perf_counter()
    brought: dict[str, Any] = {
        "file_name": "people.csv",
        "uploaded_by": demo.admin,
        "attestation": "For the benchmark.",
    }
    batch = batches.upload(channel=demo.channels[0], content=content, now=timezone.now(), **brought)
    batch = batches.hand_in(batches.preview(batch, batch.mapping, timezone.now()))
    batch = batches.approve(batch, User.objects.get(username="reviewer"), timezone.now())
    work.record_for(batch, seconds=3600)
    took = time.perf_counter() - begun
    batch.refresh_from_db()
    if (batch.state, batch.counts["new"]) != (ImportBatch.State.DONE, rows):
        raise SystemExit(
            f"The benchmark's import came out as {batch.counts}: its figures would mean nothing."
        )
    return rows / took


def _stock(rows: int) -> float:
    organisation = Organisation.objects.create(slug="stock", name="Stock", country="ZA")
    text, begun = _file(rows, "+2784").decode(), time.perf_counter()
    table = tablib.Dataset().load(text, format="csv")
    table.headers = ["value", *table.headers[1:]]
    resource = StockResource(organisation)
    for is_preview in (True, False):
        result = resource.import_data(table, dry_run=is_preview, raise_errors=True, use_transactions=True)
    took = time.perf_counter() - begun
    if result.totals["new"] != rows:
        raise SystemExit("The stock import did not do its work: its figures would mean nothing.")
    return rows / took


def _file(rows: int, beginning: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADINGS)
    for number in range(rows):
        agreed = (PURPOSE, "given", "2026-03-02T10:00:00+02:00", f"form {number}")
        writer.writerow([f"{beginning}{number:07}", *agreed])
    return out.getvalue().encode()
