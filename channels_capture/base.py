"""What every channel kind and provider is made of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from channels_capture import signatures
from optins.consent.locking import Held
from optins.consent.signal import Identifier
from optins.models import CaptureChannel, InboundDelivery, NoticeTranslation

# Under this name the query of an address stays with what was posted to it.
QUERY = "X-Query"


class Unreadable(ValueError):
    """A verified body that cannot be parsed. It is kept and shown to staff."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request to a webhook. ``url`` is the public address, query and all, whatever the Host header says.

    ``key`` is what follows the channel's public id in its path; ``at`` when it came.
    """

    method: str
    url: str
    query: bytes
    body: bytes
    headers: Mapping[str, str]
    public_id: str
    at: datetime
    key: str = ""

    @property
    def content(self) -> bytes:
        """What it says: its body, or the query of one that has none."""
        return self.body or self.query


class What(StrEnum):
    """What a message is, besides words."""

    WORDS = "words"
    EDITED = "edited"  # an earlier message, changed: only a stop counts
    REVOKED = "revoked"  # an earlier message, deleted: what it led to stands
    STOP = "stop"  # the provider says that they stopped, whatever the words
    LEFT = "left"  # the provider says that they left what this channel is about
    JOIN = "join"  # the provider says that they subscribed: a wish, to be asked about


@dataclass(frozen=True, slots=True)
class Referral:
    """The ad or post whose button opened the chat. ``told``: what the platform says of it besides."""

    id: str
    title: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One message a person sent, in one language for all providers.

    ``id`` is empty where the vendor gives none. ``payload`` is the id of a tapped button, ``context_id`` the
    vendor's id of the message that it answers, ``evidence`` the raw message with its own sender's details
    and nobody else's. ``occurred_at`` is None where the vendor gives no time. ``is_answered``: the vendor
    has answered it already. ``is_daily``: the same id on another day is another message. ``proves``: what it
    proves, where that is not what all of its adapter's do.
    """

    id: str
    identifiers: tuple[Identifier, ...]
    occurred_at: datetime | None
    text: str = ""
    payload: str = ""
    context_id: str = ""
    forwarded: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)
    what: What = What.WORDS
    referral: Referral | None = None
    is_answered: bool = False
    is_daily: bool = False
    proves: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a message that was sent: the vendor's id of it, its state and the vendor's errors.

    ``is_free_form``: it says that the message was no template, so that it answered somebody.
    """

    vendor_id: str
    state: str
    occurred_at: datetime | None
    error_codes: tuple[int, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    is_free_form: bool = False


@dataclass(frozen=True, slots=True)
class Preference:
    """A person's own switch in WhatsApp for marketing from this sender: stopped, or resumed."""

    identifiers: tuple[Identifier, ...]
    stops: bool
    occurred_at: datetime | None


@dataclass(frozen=True, slots=True)
class Move:
    """The platform says that somebody is known by other identifiers now."""

    id: str
    old: tuple[Identifier, ...]
    new: tuple[Identifier, ...]
    occurred_at: datetime | None
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one webhook contains."""

    messages: tuple[Message, ...] = ()
    statuses: tuple[Status, ...] = ()
    preferences: tuple[Preference, ...] = ()
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One reply that goes into the answer to the webhook itself: its addresses and its text."""

    sender: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider is told once everything is stored."""

    body: str = "ok\n"
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Account:
    """One account of an app that may have several: the platform's own name for it, and its number."""

    id: str
    number: str


@dataclass(frozen=True, slots=True)
class Part:
    """What of a webhook is for one account, and how many parts of it were for others."""

    content: bytes
    others: int


class Adapter(ABC):
    """One provider's webhooks: reads bytes and returns values, touches no database.

    ``scheme`` says in the evidence how the provider was verified, ``proves`` what its messages prove.
    """

    scheme: ClassVar[str]
    proves: ClassVar[str] = "control of the WhatsApp account"
    has_own_address: ClassVar[bool] = False  # it is known by a secret address alone
    signs_content: ClassVar[bool] = True  # else it names a secret, and its words could be changed on the way
    takes_get: ClassVar[bool] = False
    has_handshake: ClassVar[bool] = False
    answers_inline: ClassVar[bool] = False  # replies may stand in the answer to the webhook
    names_accounts: ClassVar[bool] = False  # its webhooks may be for several accounts, and say for which

    @abstractmethod
    def verify(self, incoming: Incoming, secret: str) -> bool:
        """Whether the provider sent exactly this. An empty secret is a refusal."""

    @abstractmethod
    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        """The messages in it; ``scope`` is the business portfolio of BSUIDs. Raises Unreadable."""

    def part_for(self, account: Account, content: bytes) -> Part | None:
        """What of a webhook is for this account; None where all of it is. Raises Unreadable."""
        return None

    def answer(self, said: Sequence[Said]) -> Answer:
        """What the provider expects to hear, with these replies in it where it takes them."""
        return Answer()

    def handshake(self, incoming: Incoming, secret: str) -> Answer | None:
        """The answer to a provider that asks whether the address is right; None where it is not."""
        return None


class UnsignedAdapter(Adapter):
    """A provider that signs nothing: known by a secret address of the channel's own."""

    has_own_address = True

    def verify(self, incoming: Incoming, secret: str) -> bool:
        return signatures.own_address(incoming.public_id, secret, incoming.key)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One verified message as it came to a channel, and whoever sent it, held while it is processed."""

    channel: CaptureChannel
    message: Message
    adapter: Adapter
    received_at: datetime
    now: datetime
    held: Held

    @property
    def sent_at(self) -> datetime:
        """By the vendor's clock; where there is none, or it runs ahead, arrival decides."""
        return min(self.message.occurred_at or self.received_at, self.received_at)


class Talk(ABC):
    """What becomes of messages that are no chat, as keys in a call, where the next thing is said at once."""

    @abstractmethod
    def handle(self, arrival: Arrival) -> str:
        """Process one verified message in the caller's transaction; returns what became of it, in a word."""

    @abstractmethod
    def answer(self, delivery: InboundDelivery, adapter: Adapter, address: str) -> Answer:
        """What the provider is told after this, in its own format. ``address``: the channel's webhook."""


Page = Callable[[HttpRequest, CaptureChannel], HttpResponse]
Preview = Callable[[HttpRequest, CaptureChannel, NoticeTranslation], HttpResponse]


@dataclass(frozen=True, slots=True)
class Desk:
    """A kind that staff collect by, at ``/desk/``. ``noted``: the evidence's name for what they write down,

    with its label and an example. ``has_kiosk``: people may be left alone with it. ``keeps_noted``: what was
    noted of one person goes for the next one, too.
    """

    noted: str
    label: str
    example: str
    has_kiosk: bool = False
    keeps_noted: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of collecting: its webhooks by provider, and the page that people open, if it has one.

    ``preview``: the page with a wording that may not be in force, for staff; it collects nothing.
    """

    label: str
    providers: Mapping[str, Adapter] = field(default_factory=dict)
    page: Page | None = None
    preview: Preview | None = None
    talk: Talk | None = None
    desk: Desk | None = None
