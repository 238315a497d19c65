"""What the sandbox remembers of messages, webhooks and calls, and how each is shown as JSON."""

import json
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.exchange import Json, Request, read_json

SHOWN_CHARACTERS = 20_000


@dataclass(slots=True)
class Message:
    """One bubble on the phone. `n` counts messages; ids may be chosen by a test.

    `status` of an inbound one is sending, accepted, refused, retrying or given_up: what the
    portal made of its webhook; of an outbound one sent, delivered, read, failed or deleted.
    """

    n: int
    id: str
    contact: str
    direction: str
    type: str
    text: str
    at: int
    status: str
    choices: list[Json] = field(default_factory=list)
    forwarded: bool = False
    body: Json = field(default_factory=dict)

    def as_json(self) -> Json:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One posting of a webhook; `status` is 0 when nothing answered, then `error` says why."""

    at: float
    seconds: float
    status: int
    answer: str = ""
    error: str = ""


@dataclass(slots=True)
class Delivery:
    """One webhook and what came of it; `state` as the status of an inbound message."""

    n: int
    about: str
    contact: str
    kind: str
    body: bytes
    headers: dict[str, str]
    state: str = "sending"
    attempts: list[Attempt] = field(default_factory=list)

    def as_json(self) -> Json:
        shown = {"n": self.n, "about": self.about, "contact": self.contact, "kind": self.kind}
        tries = [asdict(attempt) for attempt in self.attempts]
        return shown | {"state": self.state, "body": json.loads(self.body), "attempts": tries}


@dataclass(slots=True)
class Call:
    """One call to the platform's API, noted on arrival; `status` is 0 until it is answered."""

    n: int
    time: float
    method: str
    path: str
    token: str
    body: Any
    bucket: str = ""
    status: int = 0
    dropped: bool = False
    fault: bool = False

    def as_json(self) -> Json:
        return asdict(self)


def note_call(n: int, request: Request, token: str) -> Call:
    return Call(n, time.time(), request.method, request.path, token, _shown(request.body))


def _shown(body: bytes) -> Any:
    """JSON as such, other text as text; long bodies are cut, for the log is in memory."""
    text = body.decode("utf-8", "replace")
    if len(text) > SHOWN_CHARACTERS:
        return text[:SHOWN_CHARACTERS]
    try:
        return read_json(body)
    except ValueError:
        return text
