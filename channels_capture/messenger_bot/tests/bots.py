"""A bot of the clinic, and the person who writes to it."""

import itertools
import json
from urllib.parse import unquote

from django.utils import timezone

from optins.models import (
    CaptureChannel,
    InboundMessage,
    OutboundMessage,
)
from tests.channels.recordings import BODIES, signed

PAGE = "100000000000001"
PERSON = {"messenger": "7000000000000001", "telegram": "700000001"}

BOTH = ["appointment-reminders", "health-tips"]

_ids = itertools.count(1)


def bot_of(clinic, provider):
    rows = CaptureChannel.objects.select_related("organisation", "sender", "bot", "notice__organisation")
    return rows.get(organisation=clinic.organisation, kind="messenger_bot", provider=provider)


class Bot:
    """One bot of the clinic, and the person who writes to it."""

    def __init__(self, clinic, provider):
        self.clinic, self.provider, self.channel = clinic, provider, bot_of(clinic, provider)
        self.person = PERSON[provider]

    def send(self, text="", *, payload="", at=None, person="", **more):
        """Write, or tap; returns what the bot then said, newest last."""
        before = OutboundMessage.objects.count()
        make = {"messenger": self._messenger, "telegram": self._telegram}[self.provider]
        body = json.dumps(make(text, payload, at or timezone.now(), person or self.person, more)).encode()
        self.answer = signed(self.channel, body, BODIES[".json"], {}).send(self.clinic.client)
        assert self.answer.status_code == 200
        assert InboundMessage.objects.exists()
        return list(OutboundMessage.objects.order_by("pk")[before:])

    def _messenger(self, text, payload, at, person, more):
        tapped = {"quick_reply": {"payload": payload}} if payload else {}
        said = {"message": {"mid": f"m_{next(_ids)}", "text": text or "Yes", **tapped}} | more
        event = {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": int(at.timestamp() * 1000)}
        return {"object": "page", "entry": [{"id": PAGE, "messaging": [event | said]}]}

    def _telegram(self, text, payload, at, person, more):
        who = {"id": int(person), "is_bot": False, "first_name": "Thandi", "language_code": "en"}
        update = {"update_id": next(_ids)}
        if payload:
            chat = {"chat": {"id": int(person), "type": "private"}}
            return update | {"callback_query": {"id": "9", "from": who, "message": chat, "data": payload}}
        message = {"from": who, "chat": {"id": int(person)}, "date": int(at.timestamp())}
        return update | {"message": message | ({"text": text} if text else {}) | more}

    def tap(self, title, said):
        """Tap the button of the newest message that has one called so."""
        buttons = (b for m in reversed(said) for b in m.buttons if b.get("title", "").startswith(title))
        return self.send(payload=next(buttons)["id"])

    def get_code(self, choice="Yes"):
        """Ask to be asked, say yes: the sentence to send from WhatsApp."""
        return sentence_in(self.tap(choice, self.send("START")))


def sentence_in(said):
    links = [button["url"] for message in said for button in message.buttons if "url" in button]
    assert len(links) == 1
    number, text = links[0].removeprefix("https://wa.me/").split("?text=")
    assert number == "27820000900"
    assert unquote(text) in said[0].text
    return unquote(text)
