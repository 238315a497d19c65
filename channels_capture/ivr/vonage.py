"""Calls over Vonage: JSON with a signed token, answered by an NCCO. Set both of its addresses to POST.

https://developer.vonage.com/en/voice/voice-api/ncco-reference
"""

import json
from typing import Any

from channels_capture import reading, signatures
from channels_capture.base import Answer, Incoming
from channels_capture.ivr.calls import Call, CallAdapter, Prompt
from channels_capture.keypad import Line
from channels_capture.reading import inner, string

_LONGEST = 1500  # characters in one talk


class VonageVoice(CallAdapter):
    """Adapter of ``ivr`` over ``vonage``."""

    scheme = "vonage: HS256 token with the hash of the body"
    voices = {
        "en": "en-GB",
        "fr": "fr-FR",
        "pt": "pt-PT",
        "es": "es-ES",
        "de": "de-DE",
        "ar": "ar",
        "hi": "hi-IN",
        "id": "id-ID",
    }

    def is_genuine(self, incoming: Incoming, secret: str) -> bool:
        scheme, _, token = incoming.headers.get("Authorization", "").partition(" ")
        is_bearer = scheme.lower() == "bearer"
        return is_bearer and signatures.vonage_jwt(token.strip(), incoming.body, secret, incoming.at)

    def call(self, body: bytes) -> Call | None:
        raw = reading.json_object(body)
        if not string(raw, "uuid"):
            return None
        return Call(
            id=string(raw, "uuid"),
            caller=string(raw, "from"),
            key=_key(raw),
            raw=raw,
            is_over=bool(string(raw, "status")),  # how the call goes, and nothing that is waited for
        )

    def say(self, prompt: Prompt) -> Answer:
        actions = [self._talk(part, line) for line in prompt.lines for part in _parts(line.text)]
        if prompt.next_address:
            actions.append(
                {
                    "action": "input",
                    "type": ["dtmf"],
                    "dtmf": {"maxDigits": 1, "timeOut": 8},
                    "eventUrl": [prompt.next_address],
                    "eventMethod": "POST",
                }
            )
        return Answer(json.dumps(actions, ensure_ascii=False), "application/json")

    def _talk(self, text: str, line: Line) -> dict[str, Any]:
        language = self.voices.get(line.language, "en-GB")
        return {"action": "talk", "text": text, "language": language, "bargeIn": True}


def _key(raw: dict[str, Any]) -> str:
    """The key as it is sent today, in an object, or as it was, a text."""
    return string(inner(raw, "dtmf"), "digits") or string(raw, "dtmf")


def _parts(text: str) -> list[str]:
    return [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)]
