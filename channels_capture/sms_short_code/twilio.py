"""SMS over Twilio: answered in TwiML."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from channels_capture.base import Answer, Message, Said
from channels_capture.reading import string
from channels_capture.sms_short_code import texts
from channels_capture.twilio_requests import TwilioAdapter, message_id, opt_out
from optins.consent.signal import Identifier

Form = dict[str, Any]


class TwilioSms(texts.Sms, TwilioAdapter):
    """Adapter of ``sms_short_code`` over ``twilio``."""

    answers_inline = True

    def identifiers(self, address: str, scope: str) -> tuple[Identifier, ...]:
        return texts.sender(address)

    def message(self, form: Form, scope: str) -> Message | None:
        identifiers = texts.sender(string(form, "From"))
        if not identifiers:
            return None
        return Message(
            id=message_id(form),
            identifiers=identifiers,
            occurred_at=None,
            text=string(form, "Body"),
            evidence={"message": form},
            **opt_out(form),
        )

    def answer(self, said: Sequence[Said]) -> Answer:
        messages = "".join(f"<Message>{escape(each.text)}</Message>" for each in said)
        response = f"<Response>{messages}</Response>" if messages else "<Response/>"
        return Answer(f'<?xml version="1.0" encoding="UTF-8"?>{response}', "text/xml")
