"""A bot of Telegram's. The sender's token is the bot's. https://core.telegram.org/bots/api#sendmessage"""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
from django.utils import timezone

from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls
from optins.senders.base import MessagesOnly, Outcome, SenderError

USUAL_URL = "https://api.telegram.org"


class TelegramPlatform(MessagesOnly):
    """The platform ``telegram``."""

    has_buttons = True

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        # Telegram takes the token in the address, so addresses are never logged: config/logs.py.
        path = f"/bot{quote(sender.token, safe=':')}/sendMessage"
        body = {"chat_id": message.address, "text": message.text, **_markup(message)}
        answer = calls.call(sender, "POST", USUAL_URL, path, json=body)
        if not answer.is_success:
            raise _refusal(answer)
        result = answers.mapping(answers.body(answer).get("result"))
        return Outcome(vendor_id=str(result.get("message_id", "")))


def _markup(message: OutboundMessage) -> dict[str, Any]:
    """Buttons under the message; to share the number, one in the place of the keyboard."""
    if not message.buttons:
        return {}
    if any("ask" in button for button in message.buttons):
        keys = [[{"text": button["title"], "request_contact": True}] for button in message.buttons]
        return {"reply_markup": {"keyboard": keys, "one_time_keyboard": True, "resize_keyboard": True}}
    return {"reply_markup": {"inline_keyboard": [[_button(button)] for button in message.buttons]}}


def _button(button: dict[str, str]) -> dict[str, str]:
    does = {"url": button["url"]} if "url" in button else {"callback_data": button["id"]}
    return {"text": button["title"], **does}


def _refusal(answer: httpx.Response) -> SenderError:
    """Telegram's own 403 is about one person who shut the bot out; its 401 and 404 are about the token."""
    said = answers.body(answer)
    code = answers.whole(said.get("error_code")) or 0
    if code == 403:
        return SenderError("They shut the bot out.", permanent=True, code=code)
    seconds = answers.whole(answers.mapping(said.get("parameters")).get("retry_after"))
    pause = timezone.now() + timedelta(seconds=min(seconds, 86_400)) if seconds else None
    return calls.refusal(answer, code if code == 400 else 0, pause)
