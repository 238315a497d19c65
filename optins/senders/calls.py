"""Calls to a platform over HTTP, and what its refusals mean. No number leaves by an error's text."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx
from django.utils import timezone

from optins.models import Sender
from optins.senders import answers
from optins.senders.base import RateLimited, SenderError

# The account's trouble or the platform's, not this contact's: it heals when staff or the platform mend it.
_OUTAGE = {401, 403, 502, 503, 504}
_WORTH_RETRYING = {408, 409, 425}
# What Meta says of a state that passes, whatever the HTTP status, also by way of others.
_PASSING_CODES = {2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004}
_A_MINUTE = timedelta(minutes=1)


@cache
def client() -> httpx.Client:
    # In all shorter than a lease. This machine itself is never reached through a proxy.
    direct = {"all://127.0.0.1": None, "all://localhost": None}
    return httpx.Client(timeout=httpx.Timeout(8.0, connect=3.0, pool=1.0), mounts=direct)


def call(sender: Sender, method: str, usual_url: str, path: str, **request: Any) -> httpx.Response:
    """The platform's answer, whatever it is. Raises SenderError where there is none."""
    if not sender.token:
        raise SenderError("The sender has no token.", outage=True)
    url = f"{(sender.base_url or usual_url).rstrip('/')}{path}"
    try:
        return client().request(method, url, **request)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        # The error's own text may hold the address, and the address a number.
        raise SenderError(f"No answer: {type(error).__name__}", outage=True) from None


def refusal(answer: httpx.Response, code: int, fills_at: datetime | None = None) -> SenderError:
    """A refusal is for good only where the platform itself gives a code of its own with it.

    Without one something else answered: a proxy, another site at a mistyped address. ``fills_at``: when the
    platform says that there is room again.
    """
    now, status = timezone.now(), answer.status_code
    asked = answers.retry_after(answer.headers, now)
    if status == 429:
        return RateLimited(asked or answers.within_a_day(fills_at or now + _A_MINUTE, now))
    passing = not 400 <= status < 500 or status in _OUTAGE | _WORTH_RETRYING or code in _PASSING_CODES
    return SenderError(
        f"HTTP {status}, code {code or 'none'}",
        permanent=bool(code) and not passing,
        outage=status in _OUTAGE,
        retry_at=asked,
        code=code,
    )
