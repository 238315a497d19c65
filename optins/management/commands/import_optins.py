"""``manage.py import_optins``: a file of consents, recorded at once; whoever runs it answers for it."""

import getpass
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from optins.imports import batches, columns, formats, work
from optins.imports.batches import State
from optins.imports.errors import FileError
from optins.imports.outcomes import Result
from optins.imports.refused import refused_rows
from optins.imports.rows import Origin, digest_of
from optins.models import CaptureChannel, ImportBatch, ImportRow

Outcome = ImportRow.Outcome
_SHOWN = 20


class Command(BaseCommand):
    help = "Record the consents in a CSV or XLSX file. --dry-run says what would happen, and writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, help="its slug")
        parser.add_argument("--channel", required=True, help="the slug of the channel that collected them")
        parser.add_argument(
            "--mapping",
            default="{}",
            help='JSON, our column: theirs, or =… for every row: {"phone": "Mobile", "status": "=withdrawn"}',
        )
        parser.add_argument(
            "--attestation", default="", help="how these people agreed, and who vouches for it"
        )
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
        parser.add_argument("--refused", type=Path, help="write the refused rows, with reasons, to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = _channel(options["organisation"], options["channel"])
        try:
            content = options["file"].read_bytes()
            mapping = columns.completed(formats.read(content).headers, _mapping(options["mapping"]))
            if options["dry_run"]:
                results = _foresee(channel, content, mapping, options["attestation"])
                self._tell(options["json"], results, batch=None)
                return
            batch = _record(channel, content, mapping, options)
        except (OSError, FileError) as error:
            raise CommandError(str(error)) from error
        rows = batch.rows.order_by("number")
        results = [Result(row.number, row.outcome, row.problem) for row in rows]
        if options["refused"]:
            options["refused"].write_bytes(refused_rows(batch))
        self._tell(options["json"], results, batch=batch)

    def _tell(self, as_json: bool, results: list[Result], batch: ImportBatch | None) -> None:
        counts = batches.counted(result.outcome for result in results)
        refused = [result for result in results if result.outcome == Outcome.REFUSED]
        if as_json:
            answer = {
                "dry_run": batch is None,
                "batch": batch.pk if batch else None,
                "state": batch.state if batch else None,
                "rows": len(results),
                "counts": counts,
                "refused": [{"line": result.line, "reason": result.note} for result in refused],
            }
            self.stdout.write(json.dumps(answer))
            return
        self.stdout.write(f"{len(results)} rows{' (nothing was written)' if batch is None else ''}")
        for outcome in Outcome:
            self.stdout.write(f"{counts[outcome]:8} {outcome.label}")
        if batch and batch.state != State.DONE:
            self.stdout.write("A worker has taken over and records the rest.")
        for result in refused[:_SHOWN]:
            self.stdout.write(f"line {result.line}: {result.note}")
        if len(refused) > _SHOWN:
            self.stdout.write(f"... and {len(refused) - _SHOWN} more; --refused FILE has them all")


def _channel(organisation: str, slug: str) -> CaptureChannel:
    rows = CaptureChannel.objects.filter(organisation__slug=organisation, organisation__closed_at=None)
    channel = rows.filter(slug=slug).select_related("organisation").first()
    if channel is None:
        raise CommandError("There is no such organisation, or it has no such channel.")
    return channel


def _mapping(text: str) -> dict[str, Any]:
    try:
        mapping = json.loads(text)
    except ValueError as error:
        raise CommandError("--mapping is not JSON.") from error
    if not isinstance(mapping, dict):
        raise CommandError('--mapping is not an object, such as {"phone": "Mobile"}.')
    return mapping


def _foresee(
    channel: CaptureChannel, content: bytes, mapping: dict[str, str], attestation: str
) -> list[Result]:
    now = timezone.now()
    origin = Origin(channel, digest_of(content), now, attestation.strip())
    return batches.foreseen(batches.readings(content, mapping, origin), origin, now)


def _record(
    channel: CaptureChannel, content: bytes, mapping: dict[str, str], options: dict[str, Any]
) -> ImportBatch:
    """The operator is both persons; if this is killed on the way, a worker goes on with the rest."""
    batch = _approved(channel, content, mapping, options)
    while work.hold(batch, timezone.now()) and not work.record_for(batch, work.SLICE.total_seconds()):
        pass
    batch.refresh_from_db()
    return batch


def _approved(
    channel: CaptureChannel, content: bytes, mapping: dict[str, str], options: dict[str, Any]
) -> ImportBatch:
    now = timezone.now()
    batch = batches.upload(
        channel=channel,
        content=content,
        file_name=options["file"].name,
        now=now,
        attestation=options["attestation"],
        operator=getpass.getuser(),
    )
    try:
        batch = batches.preview(batch, mapping, now)
    except FileError:
        batch.delete()
        raise
    batch.state = State.APPROVED
    batch.leased_until = now + work.LEASE
    batch.save(update_fields=["state", "leased_until"])
    return batch
