"""What becomes of a row: one rule, for the preview and for the recording."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from optins.consent.fold import STOPS, Facts, fold, second
from optins.consent.recording import key_of
from optins.consent.signal import ConsentSignal
from optins.consent.suppressions import ErasedSince
from optins.imports.rows import Row
from optins.models import ConsentEvent, ImportRow, Purpose

Kind = ConsentEvent.Kind
Outcome = ImportRow.Outcome


@dataclass(slots=True)
class Act:
    """What the fold reads of an event."""

    kind: str
    actor: str
    proved: bool
    purpose_id: int | None
    occurred_at: datetime
    asked_at: datetime | None
    key: str
    voids: str


ACT_FIELDS = ("kind", "actor", "proved", "purpose_id", "occurred_at", "asked_at", "key", "voids")


@dataclass(frozen=True, slots=True)
class Person:
    """What is on record about one number. A preview's people can exist and have no row yet."""

    contact_id: int | None = None
    acts: tuple[Act, ...] = ()
    exists: bool = False


class Book(Protocol):
    """What rows are held against, and put into: the ledger itself, or a preview of it."""

    def person(self, number: str) -> Person: ...

    def known(self, keys: list[str]) -> set[str]: ...

    def record(self, number: str, signal: ConsentSignal) -> None:
        """Raises ErasedSince for what is older than the person's erasure."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one row; ``note`` says more where there is more to say."""

    line: int
    outcome: str
    note: str = ""
    contact_id: int | None = None


def keys_of(signal: ConsentSignal) -> dict[str, Purpose | None]:
    return {key_of(signal, purpose): purpose for purpose in signal.purposes or (None,)}


def apply(row: Row, book: Book, purposes: Sequence[Purpose], *, is_repeated: bool) -> Result:
    """Put the row into the book, as far as it says anything new. ``purposes``: the organisation's."""
    before = book.person(row.number)
    if is_repeated:
        return Result(row.line, Outcome.DUPLICATE, "", before.contact_id)
    keys = keys_of(row.signal)
    known = book.known(list(keys))
    new = tuple(
        purpose
        for key, purpose in keys.items()
        if key not in known and not _is_on_record(row, purpose, before)
    )
    if new:
        named = tuple(purpose for purpose in new if purpose)
        try:
            book.record(row.number, replace(row.signal, purposes=named))
        except ErasedSince as error:
            return Result(row.line, Outcome.REFUSED, str(error))
    return _judged(row, before, book.person(row.number), row.signal.purposes or purposes)


def _is_on_record(row: Row, purpose: Purpose | None, person: Person) -> bool:
    """Whether the ledger has this act by another door, as it has when our own export comes back."""
    at, purpose_id = second(row.signal.occurred_at), purpose.pk if purpose else None
    acts = [act for act in person.acts if second(act.occurred_at) == at]
    if row.signal.kind == Kind.GIVEN:
        return any(act.kind == Kind.GIVEN and act.purpose_id == purpose_id for act in acts)
    rank = STOPS[row.signal.kind]
    stops = [act for act in acts if act.purpose_id in (purpose_id, None) and not act.voids]
    return any(act.kind == row.stated or STOPS.get(act.kind, -1) >= rank for act in stops)


def _judged(row: Row, before: Person, after: Person, purposes: Sequence[Purpose]) -> Result:
    was = [fold(before.acts, purpose.pk) for purpose in purposes]
    now = [fold(after.acts, purpose.pk) for purpose in purposes]
    outcome, note = Outcome.UNCHANGED, ""
    if after.exists and not before.exists:
        outcome = Outcome.NEW
    elif any(_differ(*pair) for pair in zip(was, now, strict=True)):
        outcome = Outcome.CHANGED
    if row.signal.kind == Kind.GIVEN:
        stopped = [p.key for p, facts in zip(purposes, now, strict=True) if facts.stop and not facts.grant]
        if stopped and (outcome == Outcome.UNCHANGED or len(stopped) == len(now)):
            outcome = Outcome.KEPT_WITHDRAWN
        note = _stays_stopped(stopped, len(now))
    elif any(facts.grant for facts in now):
        note = "Their own later consent stands."
    return Result(row.line, outcome, note[:300], after.contact_id)


def _differ(one: Facts[Act], other: Facts[Act]) -> bool:
    """Whether they say different things; which of two acts of one second says it makes no difference."""
    pairs = ((one.stop, other.stop), (one.grant, other.grant), (one.proof, other.proof))
    return any(_said(first) != _said(second_) for first, second_ in pairs)


def _said(act: Act | None) -> tuple[str, datetime] | None:
    return (act.kind, second(act.occurred_at)) if act else None


def _stays_stopped(stopped: list[str], asked: int) -> str:
    if not stopped:
        return ""
    if len(stopped) == asked:
        return "They said stop. Only their own message can undo that."
    return f"They said stop to: {', '.join(stopped)}."


def numbered(rows: Iterable[Row]) -> Iterator[tuple[Row, bool]]:
    """The rows as they are recorded, stops first, and whether each only repeats an earlier one."""
    seen: set[str] = set()
    for row in sorted(rows, key=lambda row: (row.signal.kind == Kind.GIVEN, row.line)):
        keys = keys_of(row.signal)
        yield row, seen.issuperset(keys)
        seen.update(keys)
