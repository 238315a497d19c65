"""The forms in which a number or id may stand in a text, and taking a person's part out of one."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from optins.consent import likely, numbers, written_numbers
from optins.consent.digit_runs import GAP, HIDDEN, folded, readings
from optins.consent.signal import Identifier, Scheme, whatsapp

_GONE = object()
_GAPS = f"{GAP}{{0,6}}"
_EXIT = r"(?:00|011|0011|010|810)"  # what is dialled before the country
# What an own number that begins at home may follow: the code of another country.
_ABROAD = re.compile(rf"(?:\+|(?<![0-9])00){GAP}{{0,3}}([1-9][0-9]{{0,2}}){GAP}{{0,4}}$")
# Between two texts, so that no number reaches from one into the next.
_BETWEEN = "\nx\n"
_MARKS = "%&\\"  # with these other characters are written
_NEITHER = bytes(at for at in range(128) if not chr(at).isalnum())
# What may be a number in a text of any kind; and what may hide one: ids of messages are base64.
_DIGITS = re.compile(r"(?<![0-9])[1-9][0-9]{6,14}(?![0-9])")
_TOKENS = re.compile(r"[A-Za-z0-9+/]{12,}")
_BSUIDS = re.compile(numbers.BSUID.pattern)
# Lists in which platforms put what is about one person beside what is about another. Any other list is part
# of what it stands in, as the numbers of a contact card are.
APART = {
    "changes", "contacts", "entry", "errors", "messages", "messaging", "results", "statuses",
    "user_id_update", "user_preferences",
}  # fmt: skip


class Traces:
    """What one person's identifiers look like wherever they may stand: in words, JSON, base64."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        values = {identifier.value for identifier in identifiers}
        stated = {e164 for value in values if (e164 := _e164(value))}
        self.numbers = {each for e164 in stated for each in numbers.equivalent(e164)}
        self._written = [written_numbers.of(e164) for e164 in sorted(self.numbers)]
        self._ids = {value for value in values if not _e164(value)}
        self._codes = {each.code for each in self._written}
        self._endings = {number.ending.encode() for number in self._written}
        self._encoded = set(self._all_encoded())
        self._literal = self._ids | self._encoded
        self._pattern = self._compiled()

    def __bool__(self) -> bool:
        return bool(self.numbers or self._ids)

    def _all_encoded(self) -> Iterator[str]:
        for text in self._ids:
            yield from _in_base64(text)
        for number in self._written:
            for run in (*number.abroad, *number.at_home):
                yield from _in_base64(run)

    def _compiled(self) -> re.Pattern[str]:
        """Digits within a longer run of digits are somebody else's."""
        abroad = {run for number in self._written for run in number.abroad}
        at_home = {run for number in self._written for run in number.at_home}
        whole = [rf"(?:{_EXIT}{_GAPS})?(?:{_spaced(abroad)})"] if abroad else []
        whole += [f"(?P<at_home>{_spaced(at_home)})"] if at_home else ["(?P<at_home>(?!))"]
        whole += [re.escape(text) for text in sorted(self._ids)]
        parts = "".join(f"|{re.escape(text)}" for text in sorted(self._encoded))
        return re.compile(f"(?<![0-9])(?:{'|'.join(whole)})(?![0-9]){parts}")

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they stand in a text that is folded."""
        for found in self._pattern.finditer(text):
            if found["at_home"] is None or not self._is_of_another_country(text[: found.start()][-12:]):
                yield found.span()

    def _is_of_another_country(self, before: str) -> bool:
        code = _ABROAD.search(before)
        return code is not None and code[1] not in self._codes

    def are_in(self, value: Any) -> bool:
        """Whether any of it stands in a text, in bytes, or anywhere in JSON, in the names too."""
        text = _BETWEEN.join(_texts(value))
        return self._may_be_in(text) and any(next(self._spans(reading), None) for reading in readings(text))

    def _may_be_in(self, text: str) -> bool:
        """A quick no for nearly every text; of one that may be encoded none."""
        if not text.isascii() or any(mark in text for mark in _MARKS):
            return True
        squeezed = text.encode().translate(None, _NEITHER)
        return any(map(squeezed.__contains__, self._endings)) or any(map(text.__contains__, self._literal))

    def found_in(self, rows: QuerySet[Any], *columns: str) -> list[Any]:
        """The keys of the rows in which any of these columns holds any of it."""
        endings = [ending.decode() for ending in self._endings]
        near = rows.filter(likely.rows_with(columns, endings, self._literal))
        told = near.order_by("pk").values_list("pk", *columns).iterator(chunk_size=200)
        return [key for key, *values in told if any(map(self.are_in, values))]

    def hidden(self, text: str) -> str:
        """The text with dots in the place of each form; of one that is encoded nothing is left."""
        parts, end = [], 0
        for start, next_end in self._spans(folded(text)):
            parts += [text[end:start], HIDDEN]
            end = next_end
        left = "".join([*parts, text[end:]])
        return HIDDEN if self.are_in(left) else left

    def without(self, body: bytes) -> bytes:
        """The JSON without the innermost objects that hold any of it; nothing where it is not JSON."""
        try:
            left = self._left(json.loads(body))
        except (ValueError, RecursionError):
            return b""
        return b"" if left is _GONE else json.dumps(left).encode()

    def _left(self, value: Any, name: str = "") -> Any:
        if isinstance(value, list):
            left = [self._left(item) for item in value]
            kept = [item for item in left if item is not _GONE]
            return kept if len(kept) == len(left) or not name or name in APART else _GONE
        if isinstance(value, dict):
            parts = {key: self._left(item, key) for key, item in value.items()}
            has_any = any(item is _GONE for item in parts.values()) or any(map(self.are_in, parts))
            return _GONE if has_any else parts
        return _GONE if self.are_in(value) else value


def people_in(body: bytes, scope: str) -> Iterator[tuple[Identifier, ...]]:
    """Whoever a webhook may be about: by whatever in it looks like a number or a BSUID, also in base64."""
    text = body.decode("utf-8", "replace")
    hidden = "\n".join(_decoded(token) for token in _TOKENS.findall(text))
    for digits in dict.fromkeys(_DIGITS.findall(f"{text}\n{hidden}")):
        yield whatsapp(digits=digits)
    for bsuid in dict.fromkeys(match.group() for match in _BSUIDS.finditer(text)):
        yield (Identifier(Scheme.WA_BSUID, bsuid, scope),)


def _decoded(token: str) -> str:
    try:
        whole = token[: len(token) - len(token) % 4]
        return base64.b64decode(whole).decode("latin-1")
    except binascii.Error:
        return ""


def _texts(value: Any) -> Iterator[str]:
    """Every text in it: names, values, numbers."""
    if isinstance(value, bytes | memoryview):
        try:
            value = json.loads(bytes(value))
        except (ValueError, RecursionError):
            value = bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)


def _e164(value: str) -> str:
    digits = value.removeprefix("+")
    return f"+{digits}" if digits.isascii() and digits.isdecimal() else ""


def _spaced(runs: Iterable[str]) -> str:
    return "|".join(_GAPS.join(run) for run in sorted(runs, key=lambda run: (-len(run), run)))


def _in_base64(text: str) -> Iterator[str]:
    """What these bytes alone decide, wherever the base64 begins in which they stand."""
    raw = text.encode()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode()
        yield whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
