"""Messages in the shape of Meta's Cloud API, which several platforms take: text, with up to three buttons."""

from typing import Any

import httpx

from optins.consent.numbers import BSUID
from optins.models import OutboundMessage
from optins.senders import answers


def content(message: OutboundMessage) -> dict[str, Any]:
    """What it says, without whom it is for."""
    if not message.buttons:
        return {"type": "text", "text": {"body": message.text}}
    buttons = [{"type": "reply", "reply": button} for button in message.buttons]
    interactive = {"type": "button", "body": {"text": message.text}, "action": {"buttons": buttons}}
    return {"type": "interactive", "interactive": interactive}


def body(message: OutboundMessage) -> dict[str, Any]:
    """The whole call, as Meta takes it."""
    is_bsuid = BSUID.fullmatch(message.address)
    to = {"recipient": message.address} if is_bsuid else {"to": f"+{message.address}"}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **to, **content(message)}


def id_of(answer: httpx.Response) -> str:
    return str(answers.first(answers.body(answer).get("messages")).get("id", ""))


def code_of(answer: httpx.Response) -> int:
    """Meta's own error code, in either of the places where it may stand."""
    said = answers.body(answer)
    given = answers.first(said.get("errors")) or answers.mapping(said.get("error"))
    return answers.whole(given.get("code")) or 0
