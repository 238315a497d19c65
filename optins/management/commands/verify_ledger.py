"""``manage.py verify_ledger``: recomputes the ledger and names what does not hold; exit status 0 or 1."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from optins.consent.seals import HeadError, SignedHead
from optins.consent.verification import Checked, Finding, verify, verify_organisation
from optins.management.organisations import chosen


class Command(BaseCommand):
    help = "Recompute records, digests, MACs, trees and heads; exit status 1 if anything was altered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organisation", help="its slug; without it, all of them")
        parser.add_argument(
            "--head",
            type=Path,
            metavar="FILE",
            help="heads that were exported, one a line: finds a ledger that was cut off or rewritten since",
        )
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        exported = _exported(options["head"], options["organisation"]) if options["head"] else Exported()
        for number in exported.broken:
            self.stderr.write(f"{options['head']}: line {number} is no head, and was left out.")
        counts = {"compared": len(exported.heads), "left_out": len(exported.broken)}
        outcome = _outcome(_verified(options["organisation"], exported.heads)) | {"exported_heads": counts}
        if options["json"]:
            self.stdout.write(json.dumps(outcome))
        else:
            self._tell(outcome)
        if not outcome["ok"]:
            sys.exit(1)

    def _tell(self, outcome: dict[str, Any]) -> None:
        for finding in outcome["findings"]:
            self.stdout.write(f"{finding['organisation'] or '-'}: {finding['text']}")
        for row in outcome["organisations"]:
            waiting = f"; {row['unsealed']} not sealed yet, since {row['oldest_unsealed']}"
            self.stdout.write(
                f"{row['organisation']}: {row['sealed']} events under {row['heads']} heads"
                f"{waiting if row['unsealed'] else ''}"
            )
        if outcome["notes"]:
            self.stdout.write(f"{len(outcome['notes'])} pieces of evidence are gone as they should be")
        if compared := outcome["exported_heads"]["compared"]:
            self.stdout.write(f"Compared with {compared} exported head{'' if compared == 1 else 's'}")
        count = len(outcome["findings"])
        self.stdout.write("Nothing was altered." if outcome["ok"] else f"ALTERED: {count} findings.")


def _verified(slug: str | None, heads: list[SignedHead]) -> Iterator[Finding | Checked]:
    now = timezone.now()
    if slug is None:
        yield from verify(heads, now=now)
        return
    for organisation in chosen(slug):
        yield from verify_organisation(organisation, heads, now=now)


def _outcome(results: Iterator[Finding | Checked]) -> dict[str, Any]:
    organisations: list[dict[str, Any]] = []
    findings: list[dict[str, str]] = []
    notes: list[dict[str, str]] = []
    for result in results:
        if isinstance(result, Checked):
            organisations.append(_checked(result))
        else:
            (findings if result.is_problem else notes).append(_finding(result))
    return {"ok": not findings, "organisations": organisations, "findings": findings, "notes": notes}


def _checked(checked: Checked) -> dict[str, Any]:
    return {
        "organisation": checked.organisation,
        "sealed": checked.sealed,
        "heads": checked.heads,
        "unsealed": checked.unsealed,
        "oldest_unsealed": checked.oldest.isoformat() if checked.oldest else None,
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "kind": str(finding.kind),
        "organisation": finding.organisation,
        "subject": finding.subject,
        "id": finding.id,
        "text": finding.text,
    }


@dataclass
class Exported:
    """The heads that can be compared, and the lines (from 1) that are none: a crash may cut one short."""

    heads: list[SignedHead] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)


def _exported(file: Path, slug: str | None) -> Exported:
    """Of this organisation, or of all. CommandError where there is not one: that would be no comparison."""
    found = Exported()
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise CommandError(f"{file}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            head = SignedHead.read(line)
        except HeadError:
            found.broken.append(number)
        else:
            found.heads += [head] if slug in (None, head.fields["organisation"]) else []
    if not found.heads:
        raise CommandError(f"{file}: there is no head in it to compare with. See docs/proof.md for one.")
    return found
