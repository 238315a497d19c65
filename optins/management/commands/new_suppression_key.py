"""``new_suppression_key``: a new key for the suppressions to come; those there are stay in force."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from optins.consent import suppressions
from optins.management.organisations import chosen


class Command(BaseCommand):
    help = "Makes a new key for suppressions. Entries under older keys are met as before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", help="its short name; without it, each of them gets a key")

    def handle(self, *args: Any, **options: Any) -> None:
        for organisation in chosen(options["organisation"]):
            key = suppressions.new_key(organisation)
            self.stdout.write(f"{organisation.slug}: key {key.pk} makes the suppressions from now on.")
