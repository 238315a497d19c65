"""Turn.io: contact profiles and messages. 60 calls a minute for each bucket, by default."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx
from django.utils import timezone

from optins.consent.numbers import BSUID
from optins.models import OutboundMessage, Sender
from optins.senders.base import Limit, Outcome, RateLimited, SenderError

USUAL_URL = "https://whatsapp.turn.io"
_ACCEPT = {"Accept": "application/vnd.v1+json"}
# A wrong token (401, 403) is the account's trouble and not this contact's: it heals when staff mend it.
_WORTH_RETRYING = {401, 403, 408, 409, 425, 429}
# What the platform says of a state that passes, whatever the HTTP status.
_PASSING_CODES = {130429, 131000, 131016, 131048, 131056, 131057, 133004, 80007}


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=httpx.Timeout(10.0, connect=5.0))


class TurnPlatform:
    """The platform ``turn``."""

    push_bucket = "general"
    message_bucket = "text"

    def push(self, sender: Sender, address: str, desired: Mapping[str, Any]) -> Outcome:
        answer = self._call(
            sender, "PATCH", f"/v1/contacts/{address}/profile", dict(desired), self.push_bucket
        )
        return Outcome(limit=_limit(answer), observed=_fields(answer))

    def pull(self, sender: Sender, address: str) -> Outcome:
        answer = self._call(sender, "GET", f"/v1/contacts/{address}/profile", None, self.push_bucket)
        return Outcome(limit=_limit(answer), observed=_fields(answer))

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        answer = self._call(sender, "POST", "/v1/messages", _body(message), self.message_bucket)
        messages = _json(answer).get("messages") or [{}]
        return Outcome(limit=_limit(answer), vendor_id=str(messages[0].get("id", "")))

    def _call(self, sender: Sender, method: str, path: str, body: Any, bucket: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {sender.token}"} | (_ACCEPT if "contacts" in path else {})
        url = f"{(sender.base_url or USUAL_URL).rstrip('/')}{path}"
        try:
            answer = _client().request(method, url, json=body, headers=headers)
        except httpx.HTTPError as error:
            # The error's own text may hold the address, and the address a number.
            raise SenderError(f"No answer: {type(error).__name__}", permanent=False) from None
        if not answer.is_success:
            raise _error(answer, bucket)
        return answer


def _body(message: OutboundMessage) -> dict[str, Any]:
    to = {"recipient": message.address} if BSUID.fullmatch(message.address) else {"to": message.address}
    common = {**to, "recipient_type": "individual"}
    if not message.buttons:
        return {**common, "type": "text", "text": {"body": message.text}, "preview_url": False}
    buttons = [{"type": "reply", "reply": button} for button in message.buttons]
    interactive = {"type": "button", "body": {"text": message.text}, "action": {"buttons": buttons}}
    return {**common, "type": "interactive", "interactive": interactive}


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _fields(answer: httpx.Response) -> dict[str, Any]:
    """The profile's fields: at the top level, or under ``data`` as one client reads them (unconfirmed)."""
    body = _json(answer)
    fields = body.get("fields") or (body.get("data") or {}).get("fields") or {}
    return {name: fields[name] for name in ("opted_in", "opted_in_at") if name in fields}


def _error(answer: httpx.Response, bucket: str) -> SenderError:
    now = timezone.now()
    body = _json(answer)
    first = next(iter(body.get("errors") or []), None) or body.get("error") or {}
    code = first.get("code") if isinstance(first, dict) else None
    code = code if isinstance(code, int) else 0
    if answer.status_code == 429:
        return RateLimited(_retry_at(answer, now), answer.headers.get("X-Ratelimit-Bucket", bucket))
    passing = answer.status_code >= 500 or answer.status_code in _WORTH_RETRYING or code in _PASSING_CODES
    retry_at = _retry_at(answer, now) if "Retry-After" in answer.headers else None
    return SenderError(
        f"HTTP {answer.status_code}, code {code or 'none'}",
        permanent=not passing,
        retry_at=retry_at,
        code=code,
    )


def _retry_at(answer: httpx.Response, now: datetime) -> datetime:
    """From ``Retry-After`` (seconds or a date), else when the bucket fills again, else in a minute."""
    value = answer.headers.get("Retry-After", "")
    if value.isdigit():
        return now + timedelta(seconds=int(value))
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        limit = _limit(answer)
        return limit.reset_at if limit and limit.reset_at > now else now + timedelta(minutes=1)


def _limit(answer: httpx.Response) -> Limit | None:
    headers = answer.headers
    try:
        return Limit(
            bucket=headers.get("X-Ratelimit-Bucket", "general"),
            limit=int(headers["X-Ratelimit-Limit"]),
            remaining=int(headers["X-Ratelimit-Remaining"]),
            reset_at=datetime.fromtimestamp(int(headers["X-Ratelimit-Reset"]), UTC),
        )
    except (KeyError, ValueError, OverflowError, OSError):
        return None
