"""``manage.py evidence_pack``: what proves one person's choices, or those of a channel's people."""

import os
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from optins.consent import evidence_pack, identity, numbers
from optins.consent.signal import Identifier, Scheme, phone
from optins.models import CaptureChannel, Contact, Organisation, Placement


class Command(BaseCommand):
    help = "Write an evidence pack: a zip that anybody can check offline with the verify.py in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("contact", nargs="?", help="the contact's id, or a number as +27820000101")
        whose.add_argument("--channel", help="a channel's slug: a pack for everybody whose acts came by it")
        whose.add_argument("--placement", help="a source's code: the same for one source")
        parser.add_argument("--out", type=Path, required=True, help="the zip to write")
        parser.add_argument("--organisation", help="its slug; needed where a number is known to several")
        parser.add_argument(
            "--for-person", action="store_true", help="their own copy: without what staff wrote"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Organisation.objects.filter(closed_at=None)
        if slug := options["organisation"]:
            rows = rows.filter(slug=slug)
            if not rows:
                raise CommandError("There is no such organisation.")
        if options["contact"]:
            contact = _contact(options["contact"], rows)
            asked = evidence_pack.Asked(contact.organisation, timezone.now(), options["for_person"])
            size, count = _write(options["out"], [evidence_pack.pack(contact, asked)]), 1
        else:
            organisation, contacts = _everybody(rows, options["channel"], options["placement"])
            asked = evidence_pack.Asked(organisation, timezone.now(), options["for_person"])
            packs = evidence_pack.packs(contacts.iterator(chunk_size=100), asked)
            size, count = _write(options["out"], evidence_pack.streamed(packs, asked.now)), contacts.count()
        self.stderr.write(f"{count} pack{'' if count == 1 else 's'}, {size} bytes, in {options['out']}")


def _contact(typed: str, organisations: QuerySet[Organisation]) -> Contact:
    """The one contact with this id or number. Raises CommandError for none, and for several."""
    by_id = _by_id(typed, organisations)
    found = _by_number(typed, organisations) if by_id is None else list(by_id)
    if not found:
        raise CommandError("Nobody is known by this id or number.")
    if len(found) > 1:
        known = ", ".join(sorted(f"{each.organisation.slug} ({each.uuid})" for each in found))
        raise CommandError(f"Several are known by it; say which, by id or --organisation: {known}")
    return found[0]


def _by_id(typed: str, organisations: QuerySet[Organisation]) -> QuerySet[Contact] | None:
    try:
        uuid = UUID(typed)
    except ValueError:
        return None
    return Contact.objects.filter(uuid=uuid, organisation__in=organisations).select_related("organisation")


def _by_number(typed: str, organisations: Iterable[Organisation]) -> list[Contact]:
    """Who each organisation knows by it, read as a number of its own country where no other is named."""
    found: list[Contact] = []
    read = 0
    for organisation in organisations:
        with suppress(numbers.NumberError):
            e164 = numbers.read(typed, organisation.country)
            read += 1
            known_by = (*phone(e164), Identifier(Scheme.WA_ID, e164.removeprefix("+")))
            found += identity.find(organisation, known_by)
    if not read:
        raise CommandError(
            "This is neither an id nor a number. Write a number with + and the country's code."
        )
    return found


def _everybody(
    organisations: QuerySet[Organisation], slug: str | None, code: str | None
) -> tuple[Organisation, QuerySet[Contact]]:
    if slug:
        channel = CaptureChannel.objects.filter(slug=slug, organisation__in=organisations).first()
        if channel is None:
            raise CommandError("There is no such channel.")
        return channel.organisation, evidence_pack.contacts_by(channel)
    rows = Placement.objects.filter(code=(code or "").upper(), channel__organisation__in=organisations)
    source = rows.select_related("channel__organisation").first()
    if source is None:
        raise CommandError("There is no such source.")
    return source.channel.organisation, evidence_pack.contacts_by(source.channel, source)


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    """Only whoever runs the command can read it: it holds a person's number and messages."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        return sum(file.write(piece) for piece in pieces)
