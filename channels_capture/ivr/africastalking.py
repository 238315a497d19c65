"""Calls over Africa's Talking: forms, answered in XML. It signs nothing.

https://developers.africastalking.com/docs/voice/overview
"""

from collections.abc import Iterable
from itertools import groupby
from xml.etree.ElementTree import Element

from channels_capture import reading
from channels_capture.base import Answer, Incoming, UnsignedAdapter
from channels_capture.ivr import xml
from channels_capture.ivr.calls import Call, CallAdapter, Prompt
from channels_capture.keypad import Line
from channels_capture.reading import string


class AfricastalkingVoice(CallAdapter, UnsignedAdapter):
    """Adapter of ``ivr`` over ``africastalking``."""

    scheme = "africastalking: unsigned source, known by our own signed callback address"
    # Names of Google's voices, as its users give them (unconfirmed). English needs none.
    voices = {
        "en": "",
        "fr": "fr-FR-Standard-A",
        "pt": "pt-PT-Standard-A",
        "es": "es-ES-Standard-A",
        "de": "de-DE-Standard-A",
        "ar": "ar-XA-Standard-A",
        "hi": "hi-IN-Standard-A",
        "id": "id-ID-Standard-A",
    }

    def is_genuine(self, incoming: Incoming, secret: str) -> bool:
        return UnsignedAdapter.verify(self, incoming, secret)

    def call(self, body: bytes) -> Call | None:
        form = reading.form(body)
        if not string(form, "sessionId"):
            return None
        return Call(
            id=string(form, "sessionId"),
            caller=string(form, "callerNumber"),
            key=string(form, "dtmfDigits"),
            raw=form,
            is_over=string(form, "isActive") == "0",
        )

    def say(self, prompt: Prompt) -> Answer:
        said = [self._say(voice, lines) for voice, lines in groupby(prompt.lines, self._voice)]
        if not prompt.next_address:
            return xml.response(*said)
        asks = {"timeout": "8", "numDigits": "1", "callbackUrl": prompt.next_address}
        # It is known to hold one text alone; what another voice says comes before it.
        digits = xml.element("GetDigits", *said[-1:], **asks)
        # Reached when no key was pressed: the same address, without one.
        return xml.response(*said[:-1], digits, xml.element("Redirect", text=prompt.next_address))

    def _voice(self, line: Line) -> str:
        return self.voices.get(line.language, "")

    def _say(self, voice: str, lines: Iterable[Line]) -> Element:
        text = " ".join(line.text for line in lines)
        return xml.element("Say", text=text, **({"voice": voice} if voice else {}))
