"""Missed calls over Africa's Talking: its voice notice, answered by hanging up. It signs nothing.

``Reject`` is unconfirmed. https://developers.africastalking.com/docs/voice/overview
"""

from collections.abc import Mapping, Sequence
from typing import Any

from channels_capture import reading
from channels_capture.base import Answer, Message, Parsed, UnsignedAdapter
from channels_capture.ivr import xml
from channels_capture.reading import string
from channels_capture.sms_short_code import texts


class AfricastalkingMissedCall(UnsignedAdapter):
    """Adapter of ``missed_call`` over ``africastalking``."""

    scheme = "africastalking: unsigned source, known by our own signed callback address"
    proves = "nothing: interest, by a number that can be forged"

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        form = reading.form(body)
        is_ringing = string(form, "isActive") == "1" and string(form, "direction") in ("", "Inbound")
        if not is_ringing or not string(form, "sessionId"):
            return Parsed()
        message = Message(
            id=string(form, "sessionId"),
            identifiers=texts.sender(string(form, "callerNumber")),
            occurred_at=None,
        )
        return Parsed((message,))

    def answer(self, said: Sequence[Any]) -> Answer:
        return xml.response(xml.element("Reject"))
