"""What the clinic's people do in tests: open the page, write from WhatsApp, ask the gate."""

import base64
import hashlib
import hmac
import itertools
import json
import re
import time
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from django.test import Client
from django.utils import timezone

from channels_capture import seed
from channels_capture.website import tokens
from optins.consent import requests, wording
from optins.models import (
    ConsentEvent,
    ConsentRecord,
    Contact,
    NoticeTranslation,
    NoticeVersion,
    OutboundMessage,
)
from tests import hours

THANDI = "27820000101"
SIPHO = "27820000202"
BSUID = "ZA.13491208655300000001"
_ids = itertools.count(1)


class Clinic:
    """The seeded organisation with its channels, and a client for its public addresses."""

    def __init__(self, demo: seed.Demo) -> None:
        self.demo = demo
        self.organisation, self.sender = demo.organisation, demo.sender
        self.web, self.tap, self.thread = demo.channels[:3]
        self.client = Client()
        self.purposes = {p.key: p for p in self.organisation.purposes.all()}

    # On the page

    def choose(self, *keys: str, number: str = "", channel: Any = None, at: datetime | None = None) -> str:
        """Fill in the page; returns the sentence that the person is to send, code and all."""
        channel = channel or (self.web if number else self.tap)
        now = at or timezone.now()
        shown = wording.translation(channel.notice, "en")
        token = tokens.make(channel, shown, "", timezone.now() - timedelta(seconds=tokens.TOO_YOUNG))
        if at is not None:
            chosen = [self.purposes[key] for key in keys]
            opened = requests.open_request(channel, shown, chosen, now=now, typed_number=number)
            return opened.sentence
        answer = self.client.post(
            f"/c/{channel.slug}/", {"purposes": keys, "phone": number, "country": "ZA", "token": token}
        )
        assert answer.status_code == 200, answer.content
        (text,) = re.findall(r'"https://wa\.me/\d+\?text=([^"]+)"', answer.content.decode())
        return unquote(text)

    def lengthen_the_wording(self, characters: int) -> None:
        """A new version of the notice whose English is this much longer."""
        body = wording.translation(self.thread.notice, "en").body + " and more" * (characters // 9)
        self._publish("en", body=body)

    def replace_sentence(self, language: str, sentence: str) -> None:
        self._publish(language, sentence=sentence)

    def _publish(self, language: str, **changes: str) -> None:
        """A new version of the notice, in this language alone."""
        self._publish_as(wording.translation(self.thread.notice, language), **changes)

    def _publish_as(self, row: NoticeTranslation, **changes: str) -> None:
        version = NoticeVersion.objects.create(notice=self.thread.notice, number=row.version.number + 1)
        NoticeVersion.objects.filter(status="published").update(status="retired")
        for name, value in {"pk": None, "version": version, **changes}.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        version.status, version.published_at = "published", timezone.now()
        version.save()

    def publish_again(self) -> None:
        """The wording was retired; here it is again, in English."""
        retired = NoticeVersion.objects.latest("number")
        row = retired.translations.get(language="en")
        self._publish_as(row)

    def sentence_in(self, language: str, *keys: str) -> str:
        """The sentence for these purposes, without a code."""
        chosen = [self.purposes[key] for key in keys]
        return wording.sentence(wording.translation(self.web.notice, language), chosen, self.organisation)

    # From WhatsApp

    def write(
        self,
        text: str = "",
        *,
        person: str = THANDI,
        bsuid: str = "",
        at: datetime | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> Any:
        """A signed webhook with one message; vendor times are whole seconds."""
        message = message_of(text, person=person, bsuid=bsuid, at=at or timezone.now(), **more)
        envelope = {"contacts": [contact_of(person, bsuid)], "messages": [message]}
        return self.deliver(envelope, client=None, **(headers or {}))

    def write_raw(self, *, person: str = THANDI, **content: Any) -> Any:
        """A signed webhook with a message of any other shape."""
        message = {"from": person, "id": f"wamid.{next(_ids)}", "timestamp": str(int(time.time()))}
        return self.deliver({"contacts": [contact_of(person, "")], "messages": [message | content]})

    def deliver(self, envelope: Any, *, client: Client | None = None, **headers: str) -> Any:
        body = self.body_of(envelope)
        signature = headers.pop("signature", sign(body, self.thread.secret))
        return (client or self.client).post(
            f"/hooks/{self.thread.public_id}/",
            body,
            content_type="application/json",
            headers={"X-Turn-Hook-Signature": signature, "X-Turn-Hook-Subscription": "whatsapp", **headers},
        )

    def body_of(self, envelope: Any) -> bytes:
        return envelope if isinstance(envelope, bytes) else json.dumps(envelope).encode()

    def tap_button(self, title: str, *, person: str = THANDI, bsuid: str = "", **more: Any) -> Any:
        """Tap the newest button that begins so."""
        button = next(
            b
            for m in reversed(self.replies(person or bsuid))
            for b in m.buttons
            if b["title"].startswith(title)
        )
        return self.write(person=person, bsuid=bsuid, button=button, **more)

    def now(self) -> datetime:
        return timezone.now()

    def replies(self, address: str = THANDI) -> list[OutboundMessage]:
        return list(OutboundMessage.objects.filter(address=address).order_by("pk"))

    # Asking

    def gate(
        self, purpose: str = "appointment-reminders", *, phone: str = f"+{THANDI}", **more: Any
    ) -> dict[str, Any]:
        """The gate's answer, about marketing at the next hour at which it may be sent."""
        question = {"purpose": purpose, **({} if "bsuid" in more else {"phone": phone}), **more}
        is_marketing = getattr(self.purposes.get(purpose), "category", "") == "marketing"
        # An answer within the session asks no clock, and its window may have closed by then.
        asks_the_clock = is_marketing and question.get("form") != "free_form"
        with hours.daytime(number=question.get("phone", "")) if asks_the_clock else nullcontext():
            return self.api("gate", question).json()

    def api(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.demo.api_key}", **headers},
        )

    def events(self) -> list[tuple[str, str | None, bool]]:
        """Kind, purpose and proof of every event, in the order of recording."""
        rows = ConsentEvent.objects.select_related("purpose").order_by("recorded_at", "id")
        return [(e.kind, e.purpose.key if e.purpose else None, e.proved) for e in rows]

    def contacts(self) -> int:
        return Contact.objects.count()

    def records(self) -> int:
        return ConsentRecord.objects.count()


def sign(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def contact_of(person: str, bsuid: str) -> dict[str, Any]:
    contact: dict[str, Any] = {"profile": {"name": "Thandi M"}}
    return contact | ({"wa_id": person} if person else {}) | ({"user_id": bsuid} if bsuid else {})


def message_of(
    text: str,
    *,
    person: str,
    bsuid: str = "",
    at: datetime,
    button: dict[str, str] | None = None,
    forwarded: bool = False,
    context_id: str = "",
    id: str = "",
) -> dict[str, Any]:
    message: dict[str, Any] = {"id": id or f"wamid.{next(_ids)}", "timestamp": str(int(at.timestamp()))}
    message |= ({"from": person} if person else {}) | ({"from_bsuid": bsuid} if bsuid else {})
    context = ({"forwarded": True} if forwarded else {}) | ({"id": context_id} if context_id else {})
    if button:
        reply = {"type": "button_reply", "button_reply": button}
        return message | {"type": "interactive", "interactive": reply, "context": context}
    return message | {"type": "text", "text": {"body": text}} | ({"context": context} if context else {})
