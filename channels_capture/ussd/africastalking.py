"""USSD over Africa's Talking: forms, answered in plain text. It signs nothing.

``text`` is everything typed so far, joined by ``*``; the notice at the end has ``input`` and
``lastAppResponse`` instead. https://developers.africastalking.com/docs/ussd/handle_sessions
"""

from collections.abc import Mapping, Sequence
from typing import Any

from channels_capture import reading
from channels_capture.base import Answer, Message, Parsed, UnsignedAdapter
from channels_capture.reading import string
from channels_capture.sms_short_code import texts

_LONGEST = 500  # characters typed in one session; what is longer was typed by a program


class AfricastalkingUssd(UnsignedAdapter):
    """Adapter of ``ussd`` over ``africastalking``."""

    scheme = "africastalking: unsigned source, known by our own signed callback address"
    proves = texts.PROVES

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        form = reading.form(body)
        if not string(form, "sessionId"):
            return Parsed()
        return Parsed((_end(form) if "lastAppResponse" in form or "status" in form else _typed(form),))

    def answer(self, said: Sequence[Any]) -> Answer:
        return Answer("")


def _typed(form: dict[str, Any]) -> Message:
    session, text = string(form, "sessionId"), string(form, "text")[:_LONGEST]
    return Message(
        id=f"{session}/{text}",
        identifiers=texts.sender(string(form, "phoneNumber")),
        occurred_at=None,
        text=text,
        context_id=session,
        evidence={"message": form, "session": session},
    )


def _end(form: dict[str, Any]) -> Message:
    """What the operator says of a session that is over: ``payload`` is the last screen that it showed."""
    session = string(form, "sessionId")
    return Message(
        id=f"{session} is over",
        identifiers=texts.sender(string(form, "phoneNumber")),
        occurred_at=reading.written_time(form, "date"),
        text=string(form, "input")[:_LONGEST],
        payload=string(form, "lastAppResponse") or "-",
        context_id=session,
        evidence={"message": form, "session": session},
    )
