"""``manage.py wording_table``: the starter wordings against every rule pack, as CSV."""

from typing import Any

from django.core.management.base import BaseCommand

from optins.consent.wording_check import table


class Command(BaseCommand):
    help = "Print what each rule pack asks of each starter wording, and whether it has it, as CSV."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(table.as_csv(), ending="")
