"""What a call remembers between two requests: signed, in the address that the provider is to call next."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode

from django.core import signing

_SALT = "sayso.call"
_NAME = "state"
LONGEST_CALL = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class State:
    """Which call, with which version of the wording (its number), since when, and the keys so far.

    ``own_age``: how old the line about marketing says that they are, where it says so.
    """

    channel: str
    call: str
    version: int
    purposes: tuple[str, ...]
    began_at: int  # unix seconds
    own_age: int | None
    keys: tuple[str, ...] = ()

    def after(self, keys: Iterable[str]) -> "State":
        return replace(self, keys=tuple(keys))


def address(hook: str, state: State) -> str:
    """The webhook's address with this state in it."""
    token = signing.dumps(list(asdict(state).values()), salt=_SALT, compress=True)
    return f"{hook}?{urlencode({_NAME: token})}"


def token(query: str) -> str:
    """The state in a query, unread; empty at the beginning of a call."""
    return parse_qs(query).get(_NAME, [""])[0]


def read(text: str, *, is_new: bool = False) -> State | None:
    """The state as it was signed; None for a forged one, and for one of a call long over if ``is_new``."""
    try:
        values = signing.loads(text, salt=_SALT, max_age=LONGEST_CALL if is_new else None)
        channel, call, version, purposes, began_at, own_age, keys = values
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return State(channel, call, version, tuple(purposes), began_at, own_age, tuple(keys))
