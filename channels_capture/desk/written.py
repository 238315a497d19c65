"""An entry as a device wrote it down: text in, values out. Touches no database."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels_capture.desk import form
from optins.consent import codes

LONGEST = 4000
_YEARS = range(1900, 2200)  # of clocks between which one can calculate


class Refused(ValueError):
    """The entry is not taken, now or later; the message tells staff why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One capture as the device wrote it down. ``captured_at`` is by the device's own clock."""

    id: uuid.UUID
    code: str
    channel: str
    version: str
    language: str
    purposes: tuple[str, ...]
    number: str
    noted: str
    source: str
    captured_at: datetime


def parse(text: str) -> Entry:
    """Raises Refused for what no device of ours writes."""
    try:
        said = json.loads(text[: LONGEST + 1])
        return Entry(
            id=uuid.UUID(said["id"]),
            code=codes.read(_text(said, "code")),
            channel=_text(said, "channel"),
            version=_text(said, "version"),
            language=_text(said, "language"),
            purposes=tuple(str(key) for key in said["purposes"]),
            number=_text(said, "number"),
            noted=" ".join(_text(said, "noted").split())[: form.LONGEST_NOTE],
            source=_text(said, "source"),
            captured_at=moment(_text(said, "captured_at")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused("This entry cannot be read.") from error


def _text(said: Any, name: str) -> str:
    value = said[name]
    if not isinstance(value, str):
        raise ValueError(name)
    return storable(value)


def storable(text: str) -> str:
    """Raises ValueError for half a character, and for what no database keeps."""
    text.encode()
    if "\0" in text:
        raise ValueError("NUL")
    return text


def moment(text: str) -> datetime:
    """A time of a device's clock, which may be wrong by decades. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or found.year not in _YEARS:
        raise ValueError("a time")
    return found
