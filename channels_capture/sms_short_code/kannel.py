"""Kannel, the SMS gateway: a query with the names that its configuration gives. It signs nothing.

What is in the answer goes back as an SMS. https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html
"""

from collections.abc import Mapping, Sequence

from channels_capture import reading
from channels_capture.base import Answer, Message, Parsed, Said, UnsignedAdapter
from channels_capture.reading import string
from channels_capture.sms_short_code import texts


class Kannel(texts.Sms, UnsignedAdapter):
    """Adapter of ``sms_short_code`` over ``kannel``."""

    scheme = "kannel: unsigned source, known by our own signed callback address"
    takes_get = True
    answers_inline = True

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        form = reading.form(body)
        identifiers = texts.sender(string(form, "sender"))
        if not identifiers:
            return Parsed()
        message = Message(
            id=string(form, "id"),
            identifiers=identifiers,
            occurred_at=reading.unix_time(form, "ts"),
            text=string(form, "message"),
            evidence={"message": form},
        )
        return Parsed(messages=(message,))

    def answer(self, said: Sequence[Said]) -> Answer:
        """Plain text: all of it is one SMS, and nothing is none."""
        return Answer("\n\n".join(each.text for each in said), "text/plain; charset=utf-8")
