"""What every messaging platform is asked for, and how it says that something failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from optins.models import OutboundMessage, Sender


class SenderError(Exception):
    """A platform did not do what it was asked. Says whether trying again can help, and when.

    ``permanent``: it refused this very contact or message. ``outage``: it is the platform or the account
    that has trouble, whatever it is asked. Its text is kept and shown: never a number in it.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        outage: bool = False,
        retry_at: datetime | None = None,
        code: int = 0,
    ) -> None:
        super().__init__(message)
        self.permanent, self.outage, self.retry_at, self.code = permanent, outage, retry_at, code


class RateLimited(SenderError):
    """The platform asks for a pause: nothing was wrong with the call itself."""

    retry_at: datetime

    def __init__(self, retry_at: datetime) -> None:
        super().__init__("The platform asks for a pause.", retry_at=retry_at, code=429)


@dataclass(frozen=True, slots=True)
class Limit:
    """What an answer said of the call's rate bucket: calls allowed, calls left, when it fills again."""

    limit: int
    remaining: int
    reset_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a platform answered."""

    limit: Limit | None = None
    vendor_id: str = ""
    observed: Mapping[str, Any] = field(default_factory=dict)


class Platform(Protocol):
    """One messaging platform. ``address`` is the WhatsApp id in digits, or a BSUID. Raises SenderError.

    The buckets name which of its rate limits a call counts in. No call may take longer than a lease.
    """

    push_bucket: str
    message_bucket: str
    has_buttons: bool  # else a question says which words answer it
    is_only_inline: bool  # replies stand in the answer to a webhook, or nowhere

    def push(self, sender: Sender, address: str, desired: Mapping[str, Any]) -> Outcome:
        """Tell the platform what it should hold about a contact."""

    def pull(self, sender: Sender, address: str) -> Outcome:
        """Read what it holds."""

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        """Send a reply."""


class MessagesOnly:
    """A platform that keeps nothing about consent: there is nothing to tell it and nothing to read."""

    push_bucket = "none"
    message_bucket = "messages"
    has_buttons = False
    is_only_inline = False

    def push(self, sender: Sender, address: str, desired: Mapping[str, Any]) -> Outcome:
        return Outcome()

    def pull(self, sender: Sender, address: str) -> Outcome:
        return Outcome()
