"""Vonage: its SMS API, signed by a field of its own, and its Messages API, signed by a JWT.

https://developer.vonage.com/en/getting-started/concepts/signing-messages
"""

from collections.abc import Mapping
from typing import Any

from channels_capture import reading, signatures
from channels_capture.base import Adapter, Incoming, Message, Parsed, Status, Unreadable
from channels_capture.reading import string
from channels_capture.sms_short_code import texts

Form = dict[str, Any]
_STATES = {"submitted": "sent", "accepted": "sent", "delivered": "delivered", "rejected": "failed",
           "failed": "failed", "expired": "failed", "undeliverable": "failed"}  # fmt: skip


class Vonage(texts.Sms, Adapter):
    """Adapter of ``sms_short_code`` over ``vonage``."""

    scheme = "vonage: hex HMAC over all fields, or a JWT with the hash of the body"
    takes_get = True

    def verify(self, incoming: Incoming, secret: str) -> bool:
        kind, _, token = incoming.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return signatures.vonage_jwt(token, incoming.content, secret, incoming.at)
        try:
            form = reading.form_or_json(incoming.content)
        except Unreadable:
            return False
        fields = {name: value if isinstance(value, str) else str(value) for name, value in form.items()}
        return signatures.vonage_sms(fields, secret, incoming.at)

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        form = reading.form_or_json(body)
        if "status" in form and "text" not in form:
            status = _status(form)
            return Parsed(statuses=(status,) if status else ())
        message = _message(form)
        return Parsed(messages=(message,) if message else ())


def _message(form: Form) -> Message | None:
    identifiers = texts.sender(string(form, "msisdn", "from"))
    # The other channels of its Messages API are not SMS.
    is_sms = string(form, "channel") in ("", "sms")
    if not identifiers or not is_sms:
        return None
    return Message(
        id=string(form, "messageId", "message_uuid"),
        identifiers=identifiers,
        occurred_at=reading.written_time(form, "message-timestamp", "timestamp"),
        text=string(form, "text"),
        evidence={"message": {name: value for name, value in form.items() if name != "sig"}},
    )


def _status(form: Form) -> Status | None:
    id_, state = string(form, "messageId", "message_uuid"), string(form, "status")
    if not id_:
        return None
    at = reading.written_time(form, "message-timestamp", "timestamp")
    return Status(id_, _STATES.get(state, state), at, (), texts.sender(string(form, "msisdn", "to")))
