"""Telegram: a bot's chats. It signs nothing, but names a token that only it and we know.

Only chats with one person count. https://core.telegram.org/bots/api#update
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from channels_capture import reading, signatures
from channels_capture.base import Answer, Incoming, Parsed, Referral, What
from channels_capture.messenger_bot.shapes import BotAdapter, BotMessage
from channels_capture.reading import inner, string
from optins.consent.language_tags import tag_or_nothing
from optins.consent.numbers import NumberError, from_platform
from optins.consent.signal import Identifier, Scheme

Raw = dict[str, Any]
_ID = re.compile(r"[0-9]{1,20}")
_COMMAND = re.compile(r"/([a-zA-Z0-9_]{1,32})(?:@[a-zA-Z0-9_]+)?(?:\s+(.*))?", re.DOTALL)


class Telegram(BotAdapter):
    """Adapter of ``messenger_bot`` over ``telegram``."""

    scheme = "telegram: the secret token of setWebhook, over no signature of the body"
    signs_content = False

    def verify(self, incoming: Incoming, secret: str) -> bool:
        token = incoming.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        return signatures.bare_token(secret, token)

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        message = _message(reading.json_object(body))
        return Parsed(messages=(message,) if message else ())

    def acknowledge(self, body: bytes) -> Answer:
        """A tapped button shows that it waits until it is told that it was taken."""
        tapped = string(inner(reading.json_object(body), "callback_query"), "id")
        call = {"method": "answerCallbackQuery", "callback_query_id": tapped}
        return Answer(json.dumps(call), "application/json") if tapped else Answer()


def _message(update: Raw) -> BotMessage | None:
    for name, read in _READ.items():
        raw = inner(update, name)
        said = read(raw) if raw else None
        if said is None:
            continue
        sender = inner(raw, "from")
        chat = inner(raw, "chat") or inner(raw, "message", "chat")
        if not _is_one_person(sender, chat):
            return None
        return BotMessage(
            id=string(update, "update_id"),
            identifiers=(Identifier(Scheme.TELEGRAM, string(sender, "id")),),
            evidence={name: raw},
            language=tag_or_nothing(string(sender, "language_code")),
            **said,
        )
    return None


def _is_one_person(sender: Raw, chat: Raw) -> bool:
    is_person = bool(_ID.fullmatch(string(sender, "id"))) and not sender.get("is_bot")
    return is_person and (not chat or string(chat, "id") == string(sender, "id"))


def _written(raw: Raw) -> dict[str, Any]:
    text = string(raw, "text", "caption")
    said = {
        "occurred_at": reading.unix_time(raw, "date"),
        "forwarded": bool(raw.get("forward_origin") or raw.get("forward_date")),
        "shared_number": _own_number(raw),
    }
    command = _COMMAND.fullmatch(text.strip())
    if command is None:
        return {**said, "text": text}
    name, argument = command[1].lower(), (command[2] or "").strip()
    if name != "start":
        return {**said, "text": name.replace("_", " ")}
    return {**said, "what": What.JOIN, "referral": Referral(argument[:64]) if argument else None}


def _own_number(raw: Raw) -> str:
    """The number of a card that is the sender's own; anybody can pass on the card of somebody else."""
    card, sender = inner(raw, "contact"), inner(raw, "from")
    if not string(card, "user_id") or string(card, "user_id") != string(sender, "id"):
        return ""
    try:
        return from_platform(string(card, "phone_number"))
    except NumberError:
        return ""


def _edited(raw: Raw) -> dict[str, Any]:
    at = reading.unix_time(raw, "edit_date") or reading.unix_time(raw, "date")
    return {"occurred_at": at, "text": string(raw, "text", "caption"), "what": What.EDITED}


def _tapped(raw: Raw) -> dict[str, Any]:
    """A button has no time of its own: arrival decides."""
    return {"occurred_at": None, "payload": string(raw, "data")}


def _membership(raw: Raw) -> dict[str, Any] | None:
    is_blocked = string(inner(raw, "new_chat_member"), "status") == "kicked"
    return {"occurred_at": reading.unix_time(raw, "date"), "is_blocked": True} if is_blocked else None


_READ = {
    "message": _written,
    "edited_message": _edited,
    "callback_query": _tapped,
    "my_chat_member": _membership,
}
