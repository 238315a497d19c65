"""The forms in which a number or id may stand in a text, and taking a person's part out of one."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any

import phonenumbers
from django.db.models import BinaryField, BooleanField, F, Func, Q, Value

from optins.consent import numbers
from optins.consent.signal import Identifier, Scheme, whatsapp

Format = phonenumbers.PhoneNumberFormat
_GONE = object()
HIDDEN = "…"
_FEWEST = 8  # digits: fewer, without a country, are nobody's number in particular
# What may be a number in a text of any kind; and what may hide one: ids of messages are base64.
_DIGITS = re.compile(r"(?<![0-9])[1-9][0-9]{6,14}(?![0-9])")
_TOKENS = re.compile(r"[A-Za-z0-9+/]{12,}")
_BSUIDS = re.compile(numbers.BSUID.pattern)


class Traces:
    """What one person's identifiers look like wherever they may stand: in words, JSON, base64."""

    def __init__(self, identifiers: Iterable[Identifier]) -> None:
        values = {identifier.value for identifier in identifiers}
        self.numbers = {value for value in map(_e164, values) if value}
        plain = {form for value in values for form in _written(value)}
        encoded = {form for text in plain for form in _encoded(text)}
        self.forms = sorted(plain | encoded)
        # Digits within a longer run of digits are somebody else's.
        whole = "|".join(map(re.escape, sorted(plain, key=len, reverse=True)))
        parts = "|".join(map(re.escape, sorted(encoded)))
        self._pattern = re.compile(f"(?<![0-9])(?:00)?(?:{whole})(?![0-9])|{parts}")

    def are_in(self, text: str | bytes) -> bool:
        text = text.decode("latin-1") if isinstance(text, bytes) else text
        return self._pattern.search(text) is not None

    def in_text(self, *columns: str) -> Q:
        """A condition: one of these columns holds any of the forms, if only within a longer number."""
        found = (Q(**{f"{column}__contains": form}) for column in columns for form in self.forms)
        return reduce(or_, found)

    def in_bytes(self, column: str) -> Q:
        """The same for a column of bytes."""
        return reduce(or_, (Q(Holds(form.encode(), column)) for form in self.forms))

    def hidden(self, text: str) -> str:
        """The text with dots in the place of each form."""
        return self._pattern.sub(HIDDEN, text)

    def without(self, body: bytes) -> bytes:
        """The JSON without the innermost objects that hold any of it; nothing where it is not JSON."""
        try:
            left = self._left(json.loads(body))
        except (ValueError, RecursionError):
            return b""
        return b"" if left is _GONE else json.dumps(left).encode()

    def _left(self, value: Any) -> Any:
        if isinstance(value, list):
            return [left for item in value if (left := self._left(item)) is not _GONE]
        if isinstance(value, dict):
            kept = {name: self._left(item) for name, item in value.items()}
            has_any = any(item is _GONE for item in kept.values()) or any(map(self.are_in, kept))
            return _GONE if has_any else kept
        return _GONE if self.are_in(str(value)) else value


class Holds(Func):
    """Whether bytes stand in a column of bytes."""

    arity = 2

    def __init__(self, needle: bytes, column: str) -> None:
        super().__init__(Value(needle, BinaryField()), F(column), output_field=BooleanField())

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        turned = self.copy()
        turned.set_source_expressions(list(reversed(self.get_source_expressions())))
        return super(Holds, turned).as_sql(compiler, connection, template="INSTR(%(expressions)s) > 0")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self.as_sql(compiler, connection, template="POSITION(%(expressions)s) > 0", arg_joiner=" IN ")


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


def _e164(value: str) -> str:
    digits = value.removeprefix("+")
    return f"+{digits}" if digits.isascii() and digits.isdecimal() else ""


def _written(value: str) -> Iterator[str]:
    """An id as it is; a number as people and programs write it: with its country, or with its zero."""
    e164 = _e164(value)
    if not e164:
        yield value
        return
    yield e164[1:]
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return
    for form in (Format.INTERNATIONAL, Format.NATIONAL):
        spaced = phonenumbers.format_number(number, form).removeprefix("+")
        bare = re.sub(r"[^0-9]", "", spaced)
        if len(bare) >= _FEWEST:
            yield from (spaced, re.sub(r"[^0-9]+", "-", spaced).strip("-"), bare)


def _encoded(text: str) -> Iterator[str]:
    """An id, or a number in one piece, as it may stand in JSON and, wherever it begins, in base64."""
    if not text.replace(".", "").isalnum():
        return
    yield "".join(f"\\u{ord(char):04x}" for char in text)
    raw = text.encode()
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode()
        yield whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
