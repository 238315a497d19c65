"""What a set of events adds up to.

Only set operations and maxima, so the order of arrival cannot matter. Times are compared by
second, because vendors send whole seconds, and a stop wins its second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

STOPS = {"refused": 0, "invalidated": 1, "withdrawn": 2, "erased": 3}  # rank on a tie
OWN = {"person", "guardian"}


class Act(Protocol):
    """What the fold reads of an event. ``key`` identifies it: never its id, which is arrival order."""

    kind: str
    actor: str
    proved: bool
    purpose_id: int | None
    occurred_at: datetime
    asked_at: datetime | None
    key: str
    voids: str


E = TypeVar("E", bound=Act)


@dataclass(frozen=True, slots=True)
class Facts(Generic[E]):
    """The stop, the newest standing grant, and the newest standing proved grant."""

    stop: E | None
    grant: E | None
    proof: E | None


def second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def fold(events: Iterable[E], purpose_id: int | None) -> Facts[E]:
    """The facts of one purpose. An event without a purpose is a stop of everything; None asks for these."""
    mine = {e.key: e for e in events if e.purpose_id in (purpose_id, None)}.values()
    stop = max((e for e in mine if _stops(e)), key=_stop_order, default=None)
    if any(e.kind == "erased" for e in mine):
        return Facts(stop=stop, grant=None, proof=None)
    voided = {e.voids for e in mine if e.kind == "invalidated" and e.voids}
    standing = [e for e in mine if e.kind == "given" and e.key not in voided and _stands(e, stop)]
    return Facts(
        stop=stop,
        grant=max(standing, key=_grant_order, default=None),
        proof=max((e for e in standing if e.proved), key=_grant_order, default=None),
    )


def _stops(event: Act) -> bool:
    return event.kind in STOPS and not event.voids


def _stop_order(event: Act) -> tuple[datetime, int, str]:
    return second(event.occurred_at), STOPS[event.kind], event.key


def _grant_order(event: Act) -> tuple[datetime, str]:
    return second(event.occurred_at), event.key


def _stands(grant: Act, stop: Act | None) -> bool:
    """After a stop only the person's own proved answer to something asked after it stands."""
    if stop is None:
        return True
    asked = second(min(grant.asked_at or grant.occurred_at, grant.occurred_at))
    return grant.actor in OWN and grant.proved and asked > second(stop.occurred_at)
