"""Clickatell: JSON with milliseconds and a character set. It signs nothing.

https://docs.clickatell.com/channels/sms-channels/sms-api-reference
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from channels_capture import reading
from channels_capture.base import Message, Parsed, UnsignedAdapter
from channels_capture.reading import string
from channels_capture.sms_short_code import texts

_CHARSETS = {"UTF-16BE": "utf-16-be", "UTF16BE": "utf-16-be", "ISO-8859-1": "latin-1"}
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")


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
    """Of other character sets the bytes come as in an address; what cannot be decoded stays as it is.

    In UTF-16 any two letters may be one that is written out; in Latin-1 only an escape says that it is one.
    """
    text, charset = string(raw, "text"), _CHARSETS.get(string(raw, "charset").upper(), "")
    if not charset or (charset == "latin-1" and not _ESCAPE.search(text)):
        return text
    try:
        return reading.storable(unquote_to_bytes(text).decode(charset))
    except UnicodeDecodeError:
        return text
