"""``manage.py gate``: the gate's answer for one message, from the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from optins.api.answers import decision_json
from optins.consent import gate, numbers
from optins.models import Organisation


class Command(BaseCommand):
    help = "May this be sent, to this person, now? Prints the answer as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--phone", help="a number in international form, e.g. +27820000101")
        who.add_argument("--bsuid", help="a WhatsApp business-scoped user id")
        parser.add_argument("--purpose", required=True)
        parser.add_argument(
            "--form", choices=[str(form) for form in gate.Form], default=str(gate.Form.TEMPLATE)
        )
        parser.add_argument("--sender", default="")
        parser.add_argument("--organisation", help="its slug; may be left out while there is only one")

    def handle(self, *args: Any, **options: Any) -> None:
        decision = gate.decide(
            _organisation(options["organisation"]),
            number=_number(options["phone"]),
            bsuid=options["bsuid"] or "",
            purpose=options["purpose"],
            form=options["form"],
            sender=options["sender"],
            now=timezone.now(),
        )
        self.stdout.write(json.dumps(decision_json(decision)))


def _organisation(slug: str | None) -> Organisation:
    rows = Organisation.objects.filter(closed_at=None)
    found = list(rows.filter(slug=slug) if slug else rows[:2])
    if len(found) != 1:
        raise CommandError("There is no such organisation." if slug else "Say which: --organisation SLUG.")
    return found[0]


def _number(typed: str | None) -> str:
    try:
        return numbers.read(typed) if typed else ""
    except numbers.NumberError as error:
        raise CommandError(f"{error} Write it with + and the country's code.") from error
