"""What every channel kind and provider is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse

from optins.consent.signal import Identifier
from optins.models import CaptureChannel


class Unreadable(ValueError):
    """A verified body that cannot be parsed. It is kept and shown to staff."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message a person sent, in one language for all providers.

    ``payload`` is the id of a tapped button, ``context_id`` the vendor's id of the message that it answers,
    ``evidence`` the raw message with its own sender's details and nobody else's. ``occurred_at`` is None
    where the vendor gives no time.
    """

    id: str
    identifiers: tuple[Identifier, ...]
    occurred_at: datetime | None
    text: str = ""
    payload: str = ""
    context_id: str = ""
    forwarded: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a message that was sent: the vendor's id of it, its state and the vendor's errors."""

    vendor_id: str
    state: str
    occurred_at: datetime | None
    error_codes: tuple[int, ...] = ()
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one webhook contains."""

    messages: tuple[Message, ...] = ()
    statuses: tuple[Status, ...] = ()


class Adapter(Protocol):
    """One provider's webhooks: reads bytes and returns values, touches no database."""

    scheme: str

    def verify(self, body: bytes, headers: Mapping[str, str], secret: str) -> bool:
        """Whether the provider signed exactly these bytes. An empty secret is a refusal."""

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        """The messages in it; ``scope`` is the business portfolio of BSUIDs. Raises Unreadable."""


Page = Callable[[HttpRequest, CaptureChannel], HttpResponse]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of collecting: its webhooks by provider, and the page that people open, if it has one."""

    label: str
    providers: Mapping[str, Adapter] = field(default_factory=dict)
    page: Page | None = None
