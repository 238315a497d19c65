"""One cell -> one value, or a sentence on what is wrong with it. Widgets of django-import-export."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from import_export.widgets import Widget

from optins.consent import keywords, language_tags, numbers
from optins.consent.recording import FUTURE_ALLOWED
from optins.imports.words import SILENCE, STATUSES
from optins.models import ConsentEvent, Organisation, Purpose

Kind = ConsentEvent.Kind
Intent = keywords.Intent
_PREFIX = re.compile(r"^(tel|phone|whatsapp|wa):\s*", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\+?(\d)(?:[.,](\d+))?E\+?(\d+)", re.IGNORECASE)
_FLOAT = re.compile(r"(\+?\d+)[.,]0{1,2}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|UTC|[+-]\d{2}:?\d{2})?", re.I
)
_EARLIEST, _LATEST = 2000, 2200


class CellError(ValueError):
    """What is wrong with a cell; a sentence without what stood in it."""


@dataclass(frozen=True, slots=True)
class Everything:
    """A stop of everything, or a grant of whatever the channel asks for."""


ALL = Everything()


class PhoneCell(Widget):
    """E.164. Digits that a spreadsheet has lost are never guessed."""

    def clean(self, value: str, row: Any = None, *, organisation: Organisation, **_: Any) -> str:
        text = _PREFIX.sub("", value.strip().lstrip("'’`").strip())
        if not text:
            raise CellError("There is no phone number.")
        if text.startswith("="):
            raise CellError("The phone cell holds a formula, and formulas are not worked out.")
        text = _digits_back(text)
        if any(char.isalpha() for char in text):
            raise CellError("There are letters in the phone number.")
        if "," in text:
            raise CellError("There is a comma in the phone number.")
        try:
            return numbers.read(text, organisation.country)
        except numbers.NumberError as error:
            raise CellError(f"{error} Write it with + and the country’s code.") from error


def _digits_back(text: str) -> str:
    """``2.7820000101E+10`` and ``27820000101.0`` are exact; in ``2.782E+10`` digits are lost."""
    if found := _FLOAT.fullmatch(text):
        return found[1]
    if not (found := _SCIENTIFIC.fullmatch(text)):
        return text
    whole, fraction, exponent = found[1], found[2] or "", int(found[3])
    if len(fraction) != exponent:
        raise CellError("A spreadsheet has cut off digits of this number. Format its column as text.")
    return whole + fraction


class StatusCell(Widget):
    """Given, refused or withdrawn, in the words of the system that the file is from."""

    def clean(self, value: str, row: Any = None, *, organisation: Organisation, **_: Any) -> str:
        word = " ".join(keywords.normalise(value).split())
        if word in STATUSES:
            return STATUSES[word]
        if word in SILENCE:
            raise CellError("The status says neither yes nor no, and silence is not consent.")
        for intent, kind in _INTENTS.items():
            if keywords.means(value, intent, organisation.languages):
                return kind
        raise CellError("The status is not one we know. Write given, refused or withdrawn.")


_INTENTS = {
    Intent.STOP: Kind.WITHDRAWN,
    Intent.NO: Kind.REFUSED,
    Intent.START: Kind.GIVEN,
    Intent.YES: Kind.GIVEN,
}


class PurposesCell(Widget):
    """Purposes, ``ALL``, or nothing where the cell is empty."""

    def clean(
        self, value: str, row: Any = None, *, purposes: dict[str, Purpose], **_: Any
    ) -> tuple[Purpose, ...] | Everything:
        keys = list(dict.fromkeys(key for key in re.split(r"[|,;\s]+", value.strip().lower()) if key))
        if keys in (["all"], ["*"]):
            return ALL
        if not purposes.keys() >= set(keys):
            raise CellError(f"A purpose is not one of: {', '.join(purposes)}, all."[:200])
        return tuple(purposes[key] for key in keys)


class MomentCell(Widget):
    """A time with its offset, a date, or nothing."""

    def clean(self, value: str, row: Any = None, **_: Any) -> datetime | date | None:
        text = value.strip()
        if not text:
            return None
        try:
            if _DATE.fullmatch(text):
                return _sane(date.fromisoformat(text))
            if found := _MOMENT.fullmatch(text):
                return _moment(*found.groups())
        except (ValueError, OverflowError) as error:
            raise CellError(str(error) if isinstance(error, CellError) else _NO_SUCH_TIME) from error
        raise CellError("Write the time as 2026-11-20T09:15:02+02:00, or the date as 2026-11-20.")


_NO_SUCH_TIME = "There is no such date or time."


def _moment(day: str, hour: str, offset: str | None) -> datetime:
    if not offset:
        raise CellError("The time has no offset. Write 2026-11-20T09:15:02+02:00, or the date alone.")
    found = parse_datetime(f"{day}T{hour}{'Z' if offset.upper() in {'Z', 'UTC'} else offset}")
    if found is None:
        raise CellError(_NO_SUCH_TIME)
    return _sane(found)


def _sane(moment: Any) -> Any:
    if not _EARLIEST <= moment.year < _LATEST:
        raise CellError(f"The time lies before {_EARLIEST} or too far ahead.")
    return moment


def resolved(stated: datetime | date | None, *, is_grant: bool, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment that was meant: of a date its start for a grant, its end or now for a stop."""
    if stated is None:
        return now
    if isinstance(stated, datetime):
        moment = stated
    else:
        moment = datetime.combine(stated, time.min, zone)
        if not is_grant:
            # A stop dated tomorrow stays in the future, and is refused there.
            end = moment + timedelta(days=1) - timedelta(seconds=1)
            moment = end if moment > now else min(end, now)
    if moment > now + FUTURE_ALLOWED:
        raise CellError("The time lies in the future.")
    return moment


class LanguageCell(Widget):
    """A language code, or nothing."""

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        text = value.strip().replace("_", "-")
        if text and not language_tags.is_tag(text):
            raise CellError(language_tags.WRONG)
        return text


class TextCell(Widget):
    """Text as it stands."""

    def clean(self, value: str, row: Any = None, **_: Any) -> str:
        return value.strip()
