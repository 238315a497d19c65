"""Reading a platform's HTTP answer without trusting its shape: it may come from a proxy on the way."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

# Whatever an answer asks for, staff need not wait longer than a day to see it tried again.
_LONGEST_PAUSE = timedelta(days=1)


def body(answer: httpx.Response) -> dict[str, Any]:
    """Its JSON object; empty where it is anything else."""
    try:
        return mapping(answer.json())
    except (ValueError, RecursionError):
        return {}


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def first(value: Any) -> dict[str, Any]:
    """The first object of a list."""
    return mapping(value[0]) if isinstance(value, list) and value else {}


def whole(value: Any) -> int | None:
    """A whole number, also one that is written as text."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The time that ``Retry-After`` gives, in seconds or as a date (RFC 9110, section 10.2.3)."""
    value = headers.get("Retry-After", "")
    seconds = whole(value)
    try:
        at = now + timedelta(seconds=seconds) if seconds is not None else _date(value)
    except (ValueError, OverflowError):
        return None
    return within_a_day(at, now)


def _date(value: str) -> datetime:
    at = parsedate_to_datetime(value)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def within_a_day(at: datetime, now: datetime) -> datetime:
    """At least a second from now, however the clocks differ: a pause in the past would be no pause."""
    return min(max(at, now + timedelta(seconds=1)), now + _LONGEST_PAUSE)
