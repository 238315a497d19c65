"""Calls over Twilio: forms, signed over the public address and every field; answered in TwiML.

https://www.twilio.com/docs/voice/twiml
"""

from xml.etree.ElementTree import Element

from channels_capture import reading, twilio_requests
from channels_capture.base import Answer, Incoming
from channels_capture.ivr import xml
from channels_capture.ivr.calls import Call, CallAdapter, Prompt
from channels_capture.keypad import Line
from channels_capture.reading import string

_OVER = {"completed", "busy", "failed", "no-answer", "canceled"}


class TwilioVoice(CallAdapter):
    """Adapter of ``ivr`` over ``twilio``."""

    scheme = twilio_requests.TwilioAdapter.scheme
    # "voice|language"; no voice of Twilio's is known to speak Swahili or Zulu.
    voices = {
        "en": "|en-GB",
        "fr": "|fr-FR",
        "pt": "|pt-PT",
        "es": "|es-ES",
        "de": "|de-DE",
        "ar": "Polly.Zeina|arb",
        "hi": "Polly.Aditi|hi-IN",
        "id": "Google.id-ID-Standard-A|id-ID",
    }

    def is_genuine(self, incoming: Incoming, secret: str) -> bool:
        return twilio_requests.is_genuine(incoming, secret)

    def call(self, body: bytes) -> Call | None:
        form = reading.form(body)
        if not string(form, "CallSid"):
            return None
        return Call(
            id=string(form, "CallSid"),
            caller=string(form, "From", "Caller"),
            key=string(form, "Digits"),
            raw=form,
            is_over=string(form, "CallStatus") in _OVER,
            attestation=string(form, "StirVerstat") or "not sent",
        )

    def say(self, prompt: Prompt) -> Answer:
        said = [self._say(line) for line in prompt.lines]
        if not prompt.next_address:
            return xml.response(*said, xml.element("Hangup"))
        asks = {"input": "dtmf", "numDigits": "1", "timeout": "8", "method": "POST"}
        gather = xml.element("Gather", *said, action=prompt.next_address, **asks)
        # Reached when no key was pressed: the same address, without one.
        return xml.response(gather, xml.element("Redirect", text=prompt.next_address, method="POST"))

    def _say(self, line: Line) -> Element:
        voice, _, language = self.voices.get(line.language, "|en-GB").partition("|")
        named = {"voice": voice} if voice else {}
        return xml.element("Say", text=line.text, language=language, **named)
