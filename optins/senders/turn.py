"""Turn.io: contact profiles and messages. 60 calls a minute for each bucket, by default."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from optins.consent.numbers import BSUID
from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls, cloud_messages
from optins.senders.base import Limit, Outcome, SenderError

USUAL_URL = "https://whatsapp.turn.io"
_ACCEPT = {"Accept": "application/vnd.v1+json"}
_UNKNOWN_CONTACT = 1006


class TurnPlatform:
    """The platform ``turn``."""

    push_bucket = "general"
    message_bucket = "text"
    has_buttons = True
    is_only_inline = False

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
        return Outcome(limit=_limit(answer), vendor_id=cloud_messages.id_of(answer))


def _profile_path(address: str) -> str:
    return f"/v1/contacts/{quote(address, safe='')}/profile"


def _call(sender: Sender, method: str, path: str, body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {sender.token}"} | (_ACCEPT if "/contacts/" in path else {})
    answer = calls.call(sender, method, USUAL_URL, path, json=body, headers=headers)
    if not answer.is_success:
        limit = _limit(answer)
        raise calls.refusal(answer, cloud_messages.code_of(answer), limit.reset_at if limit else None)
    return answer


def _message(message: OutboundMessage) -> dict[str, Any]:
    to = {"recipient": message.address} if BSUID.fullmatch(message.address) else {"to": message.address}
    preview = {} if message.buttons else {"preview_url": False}
    return {**to, "recipient_type": "individual", **cloud_messages.content(message), **preview}


def _profile(answer: httpx.Response) -> Outcome:
    """The profile's fields: at the top level, or under ``data`` as one client reads them (unconfirmed)."""
    body = answers.body(answer)
    fields = answers.mapping(body.get("fields")) or answers.mapping(
        answers.mapping(body.get("data")).get("fields")
    )
    ours = {name: value for name, value in fields.items() if name in {"opted_in", "opted_in_at"}}
    return Outcome(limit=_limit(answer), observed=ours)


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
