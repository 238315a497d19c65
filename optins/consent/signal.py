"""The one language that every door speaks: what somebody did, ready to be recorded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from optins.consent import numbers
from optins.consent.fold import OWN
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Contact,
    ContactIdentifier,
    NoticeTranslation,
    Organisation,
    Placement,
    Purpose,
)

Scheme = ContactIdentifier.Scheme
_REFERENCE = re.compile("(?:[a-z_]+:[0-9]+)?")


class SignalError(ValueError):
    """The signal cannot be recorded; the message says what to do, and ``field`` where."""

    def __init__(self, message: str, field: str = "occurred_at") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Identifier:
    """One way in which a person is known. ``scope`` is the business portfolio of a BSUID."""

    scheme: str
    value: str
    scope: str = ""

    @property
    def text(self) -> str:
        return f"{self.scheme}:{self.scope}:{self.value}"


def phone(e164: str) -> tuple[Identifier, ...]:
    """The identifiers that a phone number gives."""
    return (Identifier(Scheme.PHONE, numbers.canonical(e164)),)


def whatsapp(*, digits: str = "", bsuid: str = "", scope: str = "") -> tuple[Identifier, ...]:
    """The identifiers that a WhatsApp message gives: its number first, then its BSUID."""
    found: tuple[Identifier, ...] = ()
    if digits:
        e164 = numbers.from_platform(digits)
        found += (*phone(e164), Identifier(Scheme.WA_ID, e164.removeprefix("+")))
    if bsuid:
        found += (Identifier(Scheme.WA_BSUID, bsuid, scope),)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSignal:
    """One act by one person. Without purposes it is a stop of everything.

    ``id`` with ``connection`` makes the signal the same signal when it comes again. ``proved`` is set by a
    channel's code alone: the act came from the very identifier it is about, over a verified source.
    ``not_before``: what the person is known to have done before this, by the vendor's own order.
    ``address``: where it came from, as far as the organisation keeps it (``evidence.address_to_keep``).
    """

    organisation: Organisation
    kind: str
    actor: str
    door: str
    id: str
    occurred_at: datetime
    received_at: datetime
    identifiers: tuple[Identifier, ...] = ()
    contact: Contact | None = None
    purposes: tuple[Purpose, ...] = ()
    connection: str = ""
    actor_reference: str = ""
    channel: CaptureChannel | None = None
    placement: Placement | None = None
    request: ConsentRequest | None = None
    translation: NoticeTranslation | None = None
    language: str = ""
    asked_at: datetime | None = None
    not_before: datetime | None = None
    proved: bool = False
    verified_by: str = ""
    voids: str = ""
    reason: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""
    is_test: bool = False

    def __post_init__(self) -> None:
        if not self.identifiers and not self.contact:
            raise SignalError("Say whom it is about: a number, a BSUID or a contact.")
        if self.kind == ConsentEvent.Kind.GIVEN and not self.purposes:
            raise SignalError("Say which purposes are agreed to: a grant is never of everything.")
        if not self.id:
            raise SignalError("Give the signal an id, so that it counts once.")
        if self.voids and self.kind != ConsentEvent.Kind.INVALIDATED:
            raise SignalError("Only an invalidation takes a grant back.")
        if self.proved and (self.actor not in OWN or self.door != ConsentEvent.Door.WEBHOOK):
            raise SignalError("Only the person's own message, over a verified webhook, is proof.")
        if not _REFERENCE.fullmatch(self.actor_reference):
            raise SignalError("Whoever acted is named by an id alone, as user:7.", "actor_reference")
        parts = (*self.purposes, self.contact, self.channel, self.request)
        if any(part and part.organisation_id != self.organisation.pk for part in parts):
            raise SignalError("A part of this signal belongs to another organisation.")
