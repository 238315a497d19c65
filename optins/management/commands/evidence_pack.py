"""``manage.py evidence_pack``: what proves one person's choices, or those of a channel's people."""

import os
import stat
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model, QuerySet
from django.utils import timezone

from optins import audit
from optins.consent import evidence_pack, identity, numbers
from optins.consent.signal import Identifier, Scheme, phone
from optins.models import AuditEntry, CaptureChannel, Contact, Organisation, Placement

_OWNER_ONLY = 0o600


class Command(BaseCommand):
    help = "Write an evidence pack: a zip that anybody can check offline with the verify.py in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("contact", nargs="?", help="the contact's id, or a number as +27820000101")
        whose.add_argument("--channel", help="a channel's slug: a pack for everybody whose acts came by it")
        whose.add_argument("--placement", help="a source's code: the same for one source")
        whose.add_argument("--campaign", help="a campaign's name: the same for all of its sources")
        why = "why it is needed, without a name or number: the audit keeps it"
        parser.add_argument("--reason", default="", help=why)
        parser.add_argument("--out", type=Path, required=True, help="the zip to write")
        parser.add_argument("--organisation", help="its slug; needed where a number is known to several")
        parser.add_argument(
            "--for-person", action="store_true", help="their own copy: without what others wrote"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Organisation.objects.filter(closed_at=None)
        if slug := options["organisation"]:
            rows = rows.filter(slug=slug)
            if not rows:
                raise CommandError("There is no such organisation.")
        if options["contact"]:
            size, count = _one(_contact(options["contact"], rows), options), 1
        else:
            size, count = _many(_wanted(rows, options), options)
        self.stderr.write(f"{count} pack{'' if count == 1 else 's'}, {size} bytes, in {options['out']}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose packs, and how the audit calls them."""

    organisation: Organisation
    people: QuerySet[Contact]
    about: Model | None
    detail: dict[str, str]


def _one(contact: Contact, options: dict[str, Any]) -> int:
    for_person = options["for_person"]
    _note(contact.organisation, contact, options, {"what": "evidence pack", "copy": _copy(for_person)})
    asked = evidence_pack.Asked(contact.organisation, timezone.now(), for_person)
    return _write(options["out"], [evidence_pack.pack(contact, asked)])


def _many(wanted: Wanted, options: dict[str, Any]) -> tuple[int, int]:
    for_person, count = options["for_person"], wanted.people.count()
    detail = {"what": "evidence packs", **wanted.detail, "people": count, "copy": _copy(for_person)}
    _note(wanted.organisation, wanted.about, options, detail)
    asked = evidence_pack.Asked(wanted.organisation, timezone.now(), for_person)
    packs = evidence_pack.packs(wanted.people.iterator(chunk_size=100), asked)
    return _write(options["out"], evidence_pack.streamed(packs, asked.now)), count


def _copy(for_person: bool) -> str:
    return "person" if for_person else "anyone"


def _note(
    organisation: Organisation, about: Model | None, options: dict[str, Any], detail: dict[str, Any]
) -> None:
    """As the button does, before anything is written; who runs a command is not known here."""
    detail |= {"by": "manage.py evidence_pack"}
    audit.note(None, organisation, AuditEntry.Action.EXPORTED, about, options["reason"], detail)


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


def _wanted(organisations: QuerySet[Organisation], options: dict[str, Any]) -> Wanted:
    if slug := options["channel"]:
        channel = CaptureChannel.objects.filter(slug=slug, organisation__in=organisations).first()
        if channel is None:
            raise CommandError("There is no such channel.")
        people = evidence_pack.contacts_by(channel)
        return Wanted(channel.organisation, people, channel, {"source": ""})
    return _by_source(organisations, options["placement"] or "", options["campaign"] or "")


def _by_source(organisations: QuerySet[Organisation], code: str, campaign: str) -> Wanted:
    """Of the one source with this code, else of the one organisation's campaign of this name."""
    rows = Placement.objects.filter(channel__organisation__in=organisations)
    rows = rows.filter(code=code.upper()) if code else rows.filter(campaign=campaign)
    found = {row.channel.organisation: row for row in rows.select_related("channel__organisation")}
    if not found:
        raise CommandError("There is no such source." if code else "There is no such campaign.")
    if len(found) > 1:
        raise CommandError("Several organisations have a campaign of this name; say which: --organisation.")
    (organisation, source), *_ = found.items()
    if not code:
        people = evidence_pack.contacts_by_campaign(organisation, campaign)
        return Wanted(organisation, people, None, {"campaign": audit.without_numbers(campaign)})
    people = evidence_pack.contacts_by(source.channel, source)
    return Wanted(organisation, people, source.channel, {"source": source.code})


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    """Only whoever runs the command can read it: it holds a person's number and messages."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.fchmod(descriptor, _OWNER_ONLY)  # one that was there before keeps its mode otherwise
        return sum(file.write(piece) for piece in pieces)
