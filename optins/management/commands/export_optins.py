"""``manage.py export_optins``: contacts, records or events of one organisation, as CSV or XLSX."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from optins.imports import formats
from optins.imports.exports import EXPORTS, exported
from optins.models import Organisation


class Command(BaseCommand):
    help = "Write an organisation's contacts, records or events. import_optins reads the last two back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", required=True, help="its slug")
        parser.add_argument("--what", choices=list(EXPORTS), default="records")
        parser.add_argument("--out", type=Path, help="a file; .xlsx makes it one. Without it, CSV is printed")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            raise CommandError("There is no such organisation.")
        dataset = exported(options["what"], organisation, see_numbers=True)
        out: Path | None = options["out"]
        content = formats.file_of(dataset, xlsx=bool(out) and out.suffix.lower() == ".xlsx" if out else False)
        if out is None:
            self.stdout.write(content.decode(), ending="")
        else:
            out.write_bytes(content)
            self.stderr.write(f"{dataset.height} rows in {out}")
