"""Clickatell: JSON with milliseconds and a character set. It signs nothing.

https://docs.clickatell.com/channels/sms-channels/sms-api-reference
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from channels_capture import reading
from channels_capture.base import Message, Parsed, UnsignedAdapter
from channels_capture.reading import string
from channels_capture.sms_short_code import texts


class Clickatell(texts.Sms, UnsignedAdapter):
    """Adapter of ``sms_short_code`` over ``clickatell``."""

    scheme = "clickatell: unsigned source, known by our own signed callback address"

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        raw = reading.json_object(body)
        identifiers = texts.sender(string(raw, "fromNumber"))
        if not identifiers:
            return Parsed()
        message = Message(
            id=string(raw, "messageId"),
            identifiers=identifiers,
            occurred_at=reading.unix_time(raw, per_second=1000),
            text=_text(raw),
            evidence={"message": raw},
        )
        return Parsed(messages=(message,))


def _text(raw: dict[str, Any]) -> str:
    """UTF-16 comes escaped as in an address; what cannot be decoded stays as it is."""
    text = string(raw, "text")
    if string(raw, "charset").upper() not in ("UTF-16BE", "UTF16BE"):
        return text
    try:
        return reading.storable(unquote_to_bytes(text).decode("utf-16-be"))
    except UnicodeDecodeError:
        return text
