"""Plivo: forms with a V3 signature (V3 on messages is unconfirmed), answered in its own XML.

https://www.plivo.com/docs/messaging/concepts/signature-validation
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from channels_capture import reading, signatures
from channels_capture.base import Adapter, Answer, Incoming, Message, Parsed, Said, Status, Unreadable
from channels_capture.reading import string
from channels_capture.sms_short_code import texts


class Plivo(texts.Sms, Adapter):
    """Adapter of ``sms_short_code`` over ``plivo``."""

    scheme = "plivo: base64 HMAC-SHA256 over the address, all fields and a nonce"
    answers_inline = True

    def verify(self, incoming: Incoming, secret: str) -> bool:
        given, nonce = (incoming.headers.get(f"X-Plivo-Signature-V3{end}", "") for end in ("", "-Nonce"))
        try:
            form = reading.form_pairs(incoming.body)
        except Unreadable:
            return False
        return signatures.plivo_v3(incoming.url, form, secret, given, nonce)

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        form = reading.form(body)
        id_, state = string(form, "MessageUUID"), string(form, "Status")
        if state:
            status = Status(id_, state, None, (), texts.sender(string(form, "To")))
            return Parsed(statuses=(status,) if id_ else ())
        message = _message(form)
        return Parsed(messages=(message,) if message else ())

    def answer(self, said: Sequence[Said]) -> Answer:
        messages = "".join(map(_reply, said))
        response = f"<Response>{messages}</Response>" if messages else "<Response/>"
        return Answer(f'<?xml version="1.0" encoding="UTF-8"?>{response}', "application/xml")


def _reply(said: Said) -> str:
    ends = f"src={quoteattr(said.sender)} dst={quoteattr(said.address)}"
    return f"<Message {ends}>{escape(said.text)}</Message>"


def _message(form: dict[str, Any]) -> Message | None:
    identifiers = texts.sender(string(form, "From"))
    if not identifiers:
        return None
    return Message(
        id=string(form, "MessageUUID"),
        identifiers=identifiers,
        occurred_at=None,
        text=string(form, "Text"),
        evidence={"message": form},
    )
