"""Turn.io: contact profiles and messages. 60 calls a minute for each bucket, by default."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
from django.utils import timezone

from optins.consent.numbers import BSUID
from optins.models import OutboundMessage, Sender
from optins.senders import answers
from optins.senders.base import Limit, Outcome, RateLimited, SenderError

USUAL_URL = "https://whatsapp.turn.io"
_ACCEPT = {"Accept": "application/vnd.v1+json"}
# The account's trouble or the platform's, not this contact's: it heals when staff or Turn mend it.
_OUTAGE = {401, 403, 502, 503, 504}
_WORTH_RETRYING = {408, 409, 425}
# What the platform says of a state that passes, whatever the HTTP status.
_PASSING_CODES = {2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004}
_UNKNOWN_CONTACT = 1006


@cache
def _client() -> httpx.Client:
    # In all shorter than a lease. This machine itself is never reached through a proxy.
    direct = {"all://127.0.0.1": None, "all://localhost": None}
    return httpx.Client(timeout=httpx.Timeout(8.0, connect=3.0, pool=1.0), mounts=direct)


class TurnPlatform:
    """The platform ``turn``."""

    push_bucket = "general"
    message_bucket = "text"

    def push(self, sender: Sender, address: str, desired: Mapping[str, Any]) -> Outcome:
        try:
            return _profile(_call(sender, "PATCH", _profile_path(address), dict(desired)))
        except SenderError as error:
            if error.code == _UNKNOWN_CONTACT and not desired["opted_in"]:
                return Outcome()  # whom it does not know has not opted in there
            raise

    def pull(self, sender: Sender, address: str) -> Outcome:
        return _profile(_call(sender, "GET", _profile_path(address), None))

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        answer = _call(sender, "POST", "/v1/messages", _message(message))
        sent = answers.first(answers.body(answer).get("messages"))
        return Outcome(limit=_limit(answer), vendor_id=str(sent.get("id", "")))


def _profile_path(address: str) -> str:
    return f"/v1/contacts/{quote(address, safe='')}/profile"


def _call(sender: Sender, method: str, path: str, body: Any) -> httpx.Response:
    if not sender.token:
        raise SenderError("The sender has no token.", outage=True)
    headers = {"Authorization": f"Bearer {sender.token}"} | (_ACCEPT if "/contacts/" in path else {})
    url = f"{(sender.base_url or USUAL_URL).rstrip('/')}{path}"
    try:
        answer = _client().request(method, url, json=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        # The error's own text may hold the address, and the address a number.
        raise SenderError(f"No answer: {type(error).__name__}", outage=True) from None
    if not answer.is_success:
        raise _error(answer)
    return answer


def _message(message: OutboundMessage) -> dict[str, Any]:
    to = {"recipient": message.address} if BSUID.fullmatch(message.address) else {"to": message.address}
    common = {**to, "recipient_type": "individual"}
    if not message.buttons:
        return {**common, "type": "text", "text": {"body": message.text}, "preview_url": False}
    buttons = [{"type": "reply", "reply": button} for button in message.buttons]
    interactive = {"type": "button", "body": {"text": message.text}, "action": {"buttons": buttons}}
    return {**common, "type": "interactive", "interactive": interactive}


def _profile(answer: httpx.Response) -> Outcome:
    """The profile's fields: at the top level, or under ``data`` as one client reads them (unconfirmed)."""
    body = answers.body(answer)
    fields = answers.mapping(body.get("fields")) or answers.mapping(
        answers.mapping(body.get("data")).get("fields")
    )
    ours = {name: value for name, value in fields.items() if name in {"opted_in", "opted_in_at"}}
    return Outcome(limit=_limit(answer), observed=ours)


def _error(answer: httpx.Response) -> SenderError:
    """A refusal is for good only where the platform itself gives a code of its own with it.

    Without one something else answered: a proxy, another site at a mistyped address.
    """
    now, status = timezone.now(), answer.status_code
    if status == 429:
        return RateLimited(_pause(answer, now))
    body = answers.body(answer)
    given = answers.first(body.get("errors")) or answers.mapping(body.get("error"))
    code = answers.whole(given.get("code")) or 0
    passing = not 400 <= status < 500 or status in _OUTAGE | _WORTH_RETRYING or code in _PASSING_CODES
    return SenderError(
        f"HTTP {status}, code {code or 'none'}",
        permanent=bool(code) and not passing,
        outage=status in _OUTAGE,
        retry_at=answers.retry_after(answer.headers, now),
        code=code,
    )


def _pause(answer: httpx.Response, now: datetime) -> datetime:
    """Until when: from ``Retry-After``, else when the bucket fills again, else a minute."""
    limit = _limit(answer)
    fills_at = limit.reset_at if limit else now + timedelta(minutes=1)
    return answers.retry_after(answer.headers, now) or answers.within_a_day(fills_at, now)


def _limit(answer: httpx.Response) -> Limit | None:
    headers = answer.headers
    try:
        return Limit(
            limit=int(headers["X-Ratelimit-Limit"]),
            remaining=int(headers["X-Ratelimit-Remaining"]),
            reset_at=datetime.fromtimestamp(int(headers["X-Ratelimit-Reset"]), UTC),
        )
    except (KeyError, ValueError, OverflowError, OSError):
        return None
