"""``manage.py seal_ledger``: seals all that was recorded before it began."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from optins.consent import sealing
from optins.management.organisations import chosen


class Command(BaseCommand):
    help = "Seal each event recorded before now; waits while another sealer is at it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", help="its slug; without it, all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        for organisation in chosen(options["organisation"]):
            count = sealing.seal_all(organisation)
            head = sealing.newest_seal(organisation)
            size = head.size if head else 0
            self.stdout.write(f"{organisation.slug}: {count} sealed now, {size} in all")
