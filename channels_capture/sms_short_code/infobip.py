"""Infobip: several messages in one JSON body; how it signs them is a matter of the account (unconfirmed).

https://www.infobip.com/docs/api/channels/sms/receive-inbound-sms-messages
"""

from collections.abc import Mapping, Sequence
from typing import Any

from channels_capture import reading
from channels_capture.base import Answer, Message, Parsed, Said, Status, UnsignedAdapter
from channels_capture.reading import inner, objects, string
from channels_capture.sms_short_code import texts

_STATES = {"DELIVERED": "delivered", "PENDING": "sent"}


class Infobip(texts.Sms, UnsignedAdapter):
    """Adapter of ``sms_short_code`` over ``infobip``."""

    scheme = "infobip: unsigned source, known by our own signed callback address"

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        results = list(objects(reading.json_object(body), "results"))
        statuses = (_status(raw) for raw in results if inner(raw, "status"))
        messages = (_message(raw) for raw in results if not inner(raw, "status"))
        return Parsed(tuple(m for m in messages if m), tuple(s for s in statuses if s))

    def answer(self, said: Sequence[Said]) -> Answer:
        return Answer("{}", "application/json")


def _message(raw: dict[str, Any]) -> Message | None:
    identifiers = texts.sender(string(raw, "from"))
    if not identifiers:
        return None
    return Message(
        id=string(raw, "messageId"),
        identifiers=identifiers,
        occurred_at=reading.written_time(raw, "receivedAt"),
        # The whole text: of cleanText the keyword is cut off.
        text=string(raw, "text")
        or " ".join(filter(None, (string(raw, "keyword"), string(raw, "cleanText")))),
        evidence={"message": raw},
    )


def _status(raw: dict[str, Any]) -> Status | None:
    id_, group = string(raw, "messageId"), string(inner(raw, "status"), "groupName")
    if not id_:
        return None
    at = reading.written_time(raw, "doneAt", "sentAt")
    return Status(id_, _STATES.get(group, "failed"), at, (), texts.sender(string(raw, "to")))
