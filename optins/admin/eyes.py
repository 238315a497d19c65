"""What one member of staff may see of one organisation, and how it is written for them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from optins.consent import numbers
from optins.models import Contact, ContactIdentifier, Organisation
from optins.roles import may

Scheme = ContactIdentifier.Scheme
# What may be a number or a BSUID inside a longer text.
_TELLING = re.compile(r"\+?\d{7,15}|[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{7,128}")


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whether they see numbers and evidence; times are those of the organisation's zone."""

    numbers: bool
    evidence: bool
    zone: ZoneInfo

    @classmethod
    def of(cls, user: Any, organisation: Organisation) -> Self:
        return cls(
            numbers=may(user, "see_numbers", organisation),
            evidence=may(user, "see_evidence", organisation),
            zone=ZoneInfo(organisation.time_zone),
        )

    def identifier(self, row: ContactIdentifier) -> SafeString:
        """A number or id that a right-to-left page leaves as it is; masked where it has to be."""
        if not self.numbers:
            return _left_to_right(numbers.masked(row.value))
        return _left_to_right(numbers.shown(row.value) if row.scheme == Scheme.PHONE else row.value)

    def number(self, e164: str) -> SafeString | str:
        """A phone number on its own; masked where it has to be."""
        if not e164:
            return "–"
        return _left_to_right(numbers.shown(e164) if self.numbers else numbers.masked(e164))

    def known_as(self, contact: Contact) -> SafeString:
        """What the platforms know a person by."""
        rows = ((self.identifier(row),) for row in telling(contact.identifiers.all()))
        return format_html_join(", ", "{}", rows)

    def payload(self, payload: Any) -> str:
        """Evidence as text, with everything hidden in it that they may not see."""
        text = json.dumps(payload, indent=2, ensure_ascii=False, default=str)
        return text if self.numbers else _TELLING.sub(lambda met: numbers.masked(met.group()), text)

    def time(self, moment: datetime) -> SafeString:
        """``12 November 2026, 14:32:05 +02:00``, as a <time> element."""
        local = moment.astimezone(self.zone)
        offset = f"{local:%z}"
        return format_html(
            '<time datetime="{}" dir="auto">{} <bdi dir="ltr">{}:{}</bdi></time>',
            local.isoformat(timespec="seconds"),
            date_format(local, "j F Y, H:i:s"),
            offset[:3],
            offset[3:5],
        )

    def day(self, moment: datetime) -> str:
        return date_format(moment.astimezone(self.zone), "j F Y")


class EyesOf(dict[Organisation, Eyes]):
    """The eyes of one user, by organisation: each is looked at once."""

    def __init__(self, user: Any) -> None:
        super().__init__()
        self.user = user

    def __missing__(self, organisation: Organisation) -> Eyes:
        self[organisation] = Eyes.of(self.user, organisation)
        return self[organisation]


def telling(identifiers: Iterable[ContactIdentifier]) -> list[ContactIdentifier]:
    """The identifiers without a WhatsApp id that is only the number again."""
    rows = list(identifiers)
    known = {row.value.removeprefix("+") for row in rows if row.scheme == Scheme.PHONE}
    return [row for row in rows if row.scheme != Scheme.WA_ID or row.value not in known]


def _left_to_right(text: str) -> SafeString:
    return format_html('<bdi dir="ltr" class="number">{}</bdi>', text)


def reference(uuid: Any) -> str:
    """How staff name a person or a request to one another: the beginning of its id."""
    return str(uuid)[:8]
