"""Events as plain values, for the fold: made by hand and at random."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from optins.consent.fold import STOPS, fold

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
REMINDERS, TIPS = 1, 2
KINDS = ("given", *STOPS)
ACTORS = ("person", "guardian", "staff", "platform", "import", "system")


def moment(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Act:
    """One event, as far as the fold reads it."""

    key: str
    kind: str
    occurred_at: datetime
    purpose_id: int | None = REMINDERS
    actor: str = "person"
    proved: bool = False
    asked_at: datetime | None = None
    voids: str = ""


def given(key: str, at: float, *, asked: float | None = None, **more) -> Act:
    return Act(key, "given", moment(at), asked_at=None if asked is None else moment(asked), **more)


def proof(key: str, at: float, *, asked: float | None = None, **more) -> Act:
    return given(key, at, asked=at if asked is None else asked, proved=True, **more)


def stop(key: str, at: float, kind: str = "withdrawn", **more) -> Act:
    return Act(key, kind, moment(at), **more)


def void(key: str, at: float, *, of: str, **more) -> Act:
    return Act(key, "invalidated", moment(at), voids=of, **more)


def keys(events, purpose=REMINDERS, folded=fold):
    """The keys of the stop, the grant and the proof that these events add up to."""
    facts = folded(events, purpose)
    return tuple(event.key if event else None for event in (facts.stop, facts.grant, facts.proof))


# Few seconds and few keys, so that ties, late arrivals and voids of each other happen all the time.
_moments = st.builds(
    lambda whole, part: moment(whole + part), st.integers(0, 4), st.sampled_from([0, 0.1, 0.9])
)


@st.composite
def _act(draw: st.DrawFn, key: str) -> Act:
    kind = draw(st.sampled_from(["given", *KINDS]))
    actor = draw(st.sampled_from(ACTORS))
    own = actor in {"person", "guardian"}
    return Act(
        key=key,
        kind=kind,
        occurred_at=draw(_moments),
        purpose_id=draw(st.sampled_from([REMINDERS, TIPS] if kind == "given" else [REMINDERS, TIPS, None])),
        actor=actor,
        proved=own and draw(st.booleans()),
        asked_at=draw(st.none() | _moments),
        voids=draw(st.sampled_from(["", "a", "b", "c"])) if kind == "invalidated" else "",
    )


histories = (
    st.integers(0, 7).flatmap(lambda size: st.tuples(*(_act(key) for key in "abcdefg"[:size]))).map(list)
)
"""Up to seven different events of one contact."""
