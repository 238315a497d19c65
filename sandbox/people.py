"""Who can stand at the other end: the identifiers, the contacts, and the phone's ready people."""

import re
import zlib
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sandbox.exchange import bad_request

WINDOW_SECONDS = 24 * 60 * 60
DIGITS = re.compile(r"[1-9][0-9]{4,14}", re.ASCII)
BSUID = re.compile(r"[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}", re.ASCII)

PRESETS = (
    {"id": "27820000101", "name": "Thandi M", "label": "+27 82 000 0101"},
    {"id": "27820000102", "name": "Sipho N", "label": "+27 82 000 0102"},
    {"id": "27820000103", "name": "Lerato K", "label": "+27 82 000 0103"},
    {"id": "447700900101", "name": "Amina B", "label": "+44 7700 900101"},
    {"id": "ZA.13491208655300000001", "name": "Naledi P", "label": "number hidden"},
)


@dataclass(slots=True)
class Contact:
    """One person as the platform knows them."""

    id: str
    bsuid: str | None
    name: str
    fields: dict[str, Any]
    generation: int = 0
    last_inbound_at: int | None = None
    claim: str | None = None
    contact_uuid: str = field(default_factory=lambda: str(uuid4()))
    chat_uuid: str = field(default_factory=lambda: str(uuid4()))

    @property
    def digits(self) -> str | None:
        """The number without plus; nothing for a person known by a BSUID only."""
        return None if BSUID.fullmatch(self.id) else self.id

    @property
    def owner(self) -> str:
        """The number that the platform's own part of a webhook names.

        Even a person who shows the organisation no number has one there: whoever takes it for
        the sender's identifier attributes the message to a stranger.
        """
        hidden = f"2782999{zlib.crc32(self.id.encode()) % 10_000:04}"
        return "+" + (self.digits or hidden)

    @property
    def window_expires_at(self) -> int | None:
        """Unix seconds at which the 24 hours after the last message from the person end."""
        return None if self.last_inbound_at is None else self.last_inbound_at + WINDOW_SECONDS

    def window_is_open(self, now: float) -> bool:
        return self.window_expires_at is not None and now < self.window_expires_at


def digits_of(text: object) -> str:
    """A phone number as digits alone, from `+27 82…`, `27 82…` or `2782…`."""
    digits = re.sub(r"[\s+()-]", "", str(text))
    if not DIGITS.fullmatch(digits):
        raise bad_request("a phone number is 5 to 15 digits with its country code")
    return digits


def bsuid_of(text: object) -> str:
    if not BSUID.fullmatch(str(text)):
        raise bad_request("a BSUID is a country, a dot and up to 128 letters or digits")
    return str(text)


def preset_name(contact_id: str) -> str:
    return next((p["name"] for p in PRESETS if p["id"] == contact_id), "Someone")
