"""MessageBird: forms, queries or JSON, signed by a JWT with the hashes of the address and the body.

https://developers.messagebird.com/api/#verifying-http-requests
"""

from collections.abc import Mapping
from typing import Any

from channels_capture import reading, signatures
from channels_capture.base import Adapter, Answer, Incoming, Message, Parsed, Status
from channels_capture.reading import string
from channels_capture.sms_short_code import texts


class Messagebird(texts.Sms, Adapter):
    """Adapter of ``sms_short_code`` over ``messagebird``."""

    scheme = "messagebird: a JWT with the hashes of the address and of the body"
    takes_get = True

    def verify(self, incoming: Incoming, secret: str) -> bool:
        token = incoming.headers.get("MessageBird-Signature-JWT", "")
        return signatures.messagebird_jwt(token, incoming.url, incoming.body, secret, incoming.at)

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        form = reading.form_or_json(body)
        id_, state = string(form, "id", "mid"), string(form, "status")
        if state:
            status = Status(
                id_, _STATES.get(state, "failed"), None, (), texts.sender(string(form, "recipient"))
            )
            return Parsed(statuses=(status,) if id_ else ())
        message = _message(form, id_)
        return Parsed(messages=(message,) if message else ())

    def answer(self, said: Any) -> Answer:
        return Answer("OK")


_STATES = {"delivered": "delivered", "sent": "sent", "buffered": "sent", "scheduled": "sent"}


def _message(form: dict[str, Any], id_: str) -> Message | None:
    identifiers = texts.sender(string(form, "originator"))
    if not identifiers:
        return None
    return Message(
        id=id_,
        identifiers=identifiers,
        occurred_at=reading.written_time(form, "createdDatetime", "receive_datetime"),
        text=string(form, "body", "message", "payload"),
        evidence={"message": form},
    )
