"""What the providers of calls share: one request, and what is to be said next."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from channels_capture import reading
from channels_capture.base import QUERY, Adapter, Answer, Incoming, Message, Parsed, Unreadable
from channels_capture.ivr import state
from channels_capture.keypad import Line
from optins.consent.numbers import NumberError, from_platform
from optins.consent.signal import phone

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request about a call: its id, the caller as sent, and the key if one was pressed.

    ``is_over``: it tells that the call has ended, with no key for us whatever else it says.

    ``attestation``: what the network says of the caller's number (STIR/SHAKEN), where it says anything.
    """

    id: str
    caller: str
    key: str
    raw: Raw
    is_over: bool = False
    attestation: str = "not sent"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said next, and the address that the key goes to; without one the call ends."""

    lines: tuple[Line, ...] = ()
    next_address: str = ""


class CallAdapter(Adapter):
    """One provider's calls. ``voices`` are the languages that it can speak, each with the name of a voice."""

    proves = "nothing by itself: a caller's number can be forged"
    voices: ClassVar[Mapping[str, str]]

    def verify(self, incoming: Incoming, secret: str) -> bool:
        """Genuine, and in the call that the address was made for."""
        if not self.is_genuine(incoming, secret):
            return False
        token = state.token(incoming.query.decode("ascii", "replace"))
        if not token:
            return True
        known = state.read(token, is_new=True)
        return known is not None and (known.channel, known.call) == (incoming.public_id, self._id(incoming))

    def _id(self, incoming: Incoming) -> str:
        try:
            call = self.call(incoming.body)
        except Unreadable:
            return ""
        return call.id if call else ""

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        token = state.token(headers.get(QUERY, ""))
        call = self.call(body)
        return Parsed((_message(call, token),)) if call and not call.is_over else Parsed()

    @abstractmethod
    def is_genuine(self, incoming: Incoming, secret: str) -> bool:
        """Whether the provider sent exactly this."""

    @abstractmethod
    def call(self, body: bytes) -> Call | None:
        """The call; None where the body names none. Raises Unreadable."""

    @abstractmethod
    def say(self, prompt: Prompt) -> Answer:
        """The provider's own format for it."""

    def answer(self, said: Sequence[Any]) -> Answer:
        return self.say(Prompt())


def _message(call: Call, token: str) -> Message:
    known = state.read(token) if token else None
    keys = (*known.keys, call.key) if known else ()
    return Message(
        # The keys so far tell one request of a call from the next, and from the same one sent again.
        id=f"{call.id}/{'.'.join(keys)}" if known else call.id,
        identifiers=_caller(call.caller),
        occurred_at=None,
        text=call.key,
        payload=token,
        context_id=call.id,
        evidence={"message": call.raw, "call": call.id, "attestation": call.attestation},
    )


def _caller(number: str) -> Any:
    """The caller's number; nobody where it is withheld."""
    try:
        return phone(from_platform(reading.string({"": number}, "").strip()))
    except NumberError:
        return ()
