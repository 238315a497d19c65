"""Facebook Messenger: a page's chats, signed by the app as all of Meta's webhooks are.

The sender is known by an id that means them at this page alone, never by a number.
https://developers.facebook.com/docs/messenger-platform/webhooks
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from channels_capture import reading
from channels_capture.base import Account, Parsed, Part, Referral, What
from channels_capture.messenger_bot.shapes import BotAdapter, BotMessage
from channels_capture.meta_requests import MetaAdapter
from channels_capture.reading import inner, objects, string
from optins.consent.signal import Identifier, Scheme

Raw = dict[str, Any]
_ID = re.compile(r"[0-9]{1,32}")
_MILLISECONDS = 12  # digits: a time in seconds has ten


class Messenger(MetaAdapter, BotAdapter):
    """Adapter of ``messenger_bot`` over ``messenger``."""

    scheme = "messenger: hex HMAC-SHA256 over the raw body"
    names_accounts = True

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        return Parsed(messages=tuple(_messages(reading.json_object(body))))

    def part_for(self, account: Account, content: bytes) -> Part | None:
        """What of it is for this page of the app."""
        envelope = reading.json_object(content)
        entries = list(objects(envelope, "entry"))
        ours = [entry for entry in entries if string(entry, "id") in ("", account.id)]
        others = len(entries) - len(ours)
        return Part(json.dumps({**envelope, "entry": ours}).encode(), others) if others else None


def _messages(envelope: Raw) -> Iterator[BotMessage]:
    for entry in objects(envelope, "entry"):
        for raw in objects(entry, "messaging"):
            if message := _message(raw, string(entry, "id")):
                yield message


def _message(raw: Raw, page: str) -> BotMessage | None:
    sender = string(inner(raw, "sender"), "id")
    page = string(inner(raw, "recipient"), "id") or page
    # What the page itself said comes back as an echo.
    if not _ID.fullmatch(sender) or sender == page or inner(raw, "message").get("is_echo"):
        return None
    at = string(raw, "timestamp")
    said = _said(raw, f"{sender}/{at}/" if at else "")
    if said is None:
        return None
    return BotMessage(
        identifiers=(Identifier(Scheme.MESSENGER, sender, page[:64]),),
        occurred_at=_time(raw),
        evidence={"message": raw},
        **said,
    )


def _said(raw: Raw, unnamed: str) -> dict[str, Any] | None:
    """What was written or tapped. A link into the chat and a box of the page's own are a wish to be asked.

    ``unnamed``: the beginning of an id for what has none of its own; empty where nothing tells two apart.
    """
    message, postback = inner(raw, "message"), inner(raw, "postback")
    referral = inner(raw, "referral") or inner(postback, "referral")
    came_by = Referral(string(referral, "ref")[:80]) if string(referral, "ref") else None
    if message:
        payload = string(inner(message, "quick_reply"), "payload")
        return {"id": string(message, "mid"), "text": string(message, "text"), "payload": payload}
    if postback:
        payload = string(postback, "payload")
        is_start = came_by is not None or payload.lower().startswith("get_started")
        return {
            "id": string(postback, "mid") or (unnamed and f"{unnamed}{payload}"),
            "text": string(postback, "title"),
            "payload": "" if is_start else payload,
            "what": What.JOIN if is_start else What.WORDS,
            "referral": came_by,
        }
    optin = inner(raw, "optin")
    if referral or optin:
        name = string(referral, "ref") or string(optin, "payload", "ref")
        return {"id": unnamed and f"{unnamed}{name}", "what": What.JOIN, "referral": came_by}
    return None


def _time(raw: Raw) -> datetime | None:
    """In thousandths of a second; some are known to come in seconds."""
    is_fine = len(string(raw, "timestamp")) >= _MILLISECONDS
    return reading.unix_time(raw, per_second=1000 if is_fine else 1)
