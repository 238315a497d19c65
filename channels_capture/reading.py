"""Reading what a provider sent without trusting its shape: every field may be missing or of another type."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from channels_capture.base import Unreadable

_UNKEPT = re.compile("[\0\ud800-\udfff]")
_DEEPEST = 50
_MOST_FIELDS = 200
_LONGEST = 500  # characters of a field that goes into evidence by itself


def json_of(body: bytes) -> Any:
    """The JSON in it, storable. Raises Unreadable."""
    try:
        return storable(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON.") from error


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in it, storable. Raises Unreadable."""
    value = json_of(body)
    if not isinstance(value, dict):
        raise Unreadable("The body is not a JSON object.")
    return value


def storable(value: Any, depth: int = 0) -> Any:
    """Without what no database keeps and nobody means: NUL, half a surrogate pair, endless nesting."""
    if depth > _DEEPEST:
        raise Unreadable("The body is nested too deeply.")
    if isinstance(value, str):
        return _UNKEPT.sub("", value)
    if isinstance(value, list):
        return [storable(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item, depth + 1) for key, item in value.items()}
    return value


def form_pairs(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form or a query, decoded, as they were sent. Raises Unreadable."""
    try:
        text = body.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError as error:  # not ASCII is one, too
        raise Unreadable("The body is not a form.") from error


def form(body: bytes) -> dict[str, Any]:
    """The same by name, storable; the first of several with one name. Raises Unreadable."""
    pairs = reversed(form_pairs(body))
    return {storable(name): storable(value) for name, value in pairs}


def form_or_json(body: bytes) -> dict[str, Any]:
    """Either, by its first character: some providers send what an account is set to. Raises Unreadable."""
    return json_object(body) if body.lstrip()[:1] == b"{" else form(body)


def objects(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """The objects in a list of this name."""
    found = value.get(name) if isinstance(value, dict) else None
    return (item for item in (found if isinstance(found, list) else ()) if isinstance(item, dict))


def inner(raw: dict[str, Any], *path: str) -> dict[str, Any]:
    """The object at the end of the path; empty where there is none."""
    for name in path:
        value = raw.get(name)
        raw = value if isinstance(value, dict) else {}
    return raw


def string(raw: dict[str, Any], *names: str) -> str:
    """The first of these fields that is a text or a number."""
    values = (raw.get(name) for name in names)
    return next((str(v) for v in values if isinstance(v, str | int) and str(v)), "")


def strings(raw: dict[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Those of these fields that are texts or numbers, by our names for theirs, none without end."""
    found = {ours: string(raw, theirs)[:_LONGEST] for ours, theirs in names.items()}
    return {ours: text for ours, text in found.items() if text}


def unix_time(raw: dict[str, Any], name: str = "timestamp", *, per_second: int = 1) -> datetime | None:
    """A time in whole unix seconds, or in parts of one, written as text or as a number."""
    try:
        return datetime.fromtimestamp(int(string(raw, name)) / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None


_COMPACT = "%Y%m%d%H%M%S"


def written_time(raw: dict[str, Any], *names: str) -> datetime | None:
    """A time as ISO 8601, with or without its T, zone or colon, or as 14 digits; UTC where it names none."""
    text = string(raw, *names)
    try:
        is_compact = len(text) == 14 and text.isascii() and text.isdecimal()
        at = datetime.strptime(text, _COMPACT) if is_compact else datetime.fromisoformat(text)  # noqa: DTZ007
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
