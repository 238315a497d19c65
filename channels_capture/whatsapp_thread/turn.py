"""Turn.io's webhooks: the on-prem envelope, signed over the raw bytes.

Numbers in ``_vnd`` are Turn's own book-keeping, never the sender's identity. What came by its fallback
channel is an SMS in the same shape. https://whatsapp.turn.io/docs/api/fallback_channel
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from channels_capture import reading, signatures
from channels_capture.base import Adapter, Incoming, Message, Parsed
from channels_capture.reading import inner, string
from channels_capture.sms_short_code import texts
from channels_capture.whatsapp_thread import cloud_shape
from optins.consent.signal import Scheme


class Turn(Adapter):
    """Adapter of ``whatsapp_thread`` over ``turn``."""

    scheme = "turn: base64 HMAC-SHA256 over the raw body"

    def verify(self, incoming: Incoming, secret: str) -> bool:
        signature = incoming.headers.get("X-Turn-Hook-Signature", "")
        return signatures.hmac_sha256_base64(incoming.body, secret, signature)

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        # "turn" repeats what we sent ourselves: no message of a person.
        if headers.get("X-Turn-Hook-Subscription", "whatsapp") != "whatsapp":
            return Parsed()
        envelope = reading.json_object(body)
        parsed = cloud_shape.parse(envelope, scope)
        if _is_set(headers.get("X-Turn-Fallback-Channel", "")) or _is_by_fallback(envelope):
            # What became of an SMS says nothing of WhatsApp.
            return Parsed(messages=_told(map(_as_sms, parsed.messages)))
        messages = (_as_sms(m) if _is_by_fallback(m.evidence["message"]) else m for m in parsed.messages)
        return replace(parsed, messages=_told(messages))


def _is_by_fallback(raw: dict[str, Any]) -> bool:
    return _is_set(string(inner(raw, "_vnd", "v1"), "on_fallback_channel"))


def _is_set(value: str) -> bool:
    return value.lower() not in ("", "0", "false")


def _as_sms(message: Message) -> Message:
    """Of its number alone, which is all that an SMS proves; so it opens no window, and is not answered."""
    number = tuple(each for each in message.identifiers if each.scheme == Scheme.PHONE)
    return replace(message, identifiers=number, proves=texts.PROVES)


def _told(messages: Iterable[Message]) -> tuple[Message, ...]:
    return tuple(message for message in messages if message.identifiers)
