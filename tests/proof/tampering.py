"""Somebody with the database's own rights: one change at a time, past triggers and foreign keys."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import uuid6
from django.db import IntegrityError, connection, models, transaction

from optins.models import ConsentEvent, Evidence, EvidenceRemoval, Seal, SealedEvent, guards

FAR = 2**62
# What is no claim about anything: keys that only join rows, and how long a piece is to be kept.
IMMATERIAL: dict[type[models.Model], set[str]] = {
    Evidence: {"id", "retention_until", "created_at"},
    Seal: {"id"},
    ConsentEvent: set(),
    SealedEvent: set(),
    EvidenceRemoval: {"id"},
}


class Nothing(Exception):
    """The database refused, or the change changed nothing: another one is to be tried."""


@dataclass(frozen=True)
class Change:
    """What was done, and the ids by which a finding may name it."""

    text: str
    names: frozenset[str]


def let_in() -> None:
    """Lift the triggers. Foreign keys are checked at the end of a transaction, which never comes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    guards.lift(connection)


class Intruder:
    """Makes one random change; the same seed and ledger, the same change."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  no secret

    def change(self) -> Change:
        """Do something to an event, a piece of evidence or the record of its removal, a leaf or a head."""
        while True:
            model = self._random.choice(list(IMMATERIAL))
            act = self._random.choice([self._edit, self._edit, self._edit, self._delete, self._insert])
            row = self._row(model)
            try:
                with transaction.atomic():
                    return act(model, row)
            except (IntegrityError, Nothing):
                continue

    def _row(self, model: type[models.Model]) -> Any:
        rows = model._default_manager.order_by("pk")
        return rows[self._random.randrange(rows.count())]

    def _edit(self, model: type[models.Model], row: Any) -> Change:
        fields = [f for f in model._meta.concrete_fields if f.name not in IMMATERIAL[model]]
        field = self._random.choice(fields)
        old = getattr(row, field.attname)
        new = self._other(field, old)
        if new == old:
            raise Nothing
        changed = model._default_manager.filter(pk=row.pk).update(**{field.attname: new})
        after = model._default_manager.filter(pk=new if field.primary_key else row.pk).get()
        if not changed or getattr(after, field.attname) == old:
            raise Nothing
        return Change(
            f"{model.__name__} {row.pk}: {field.name} {old!r} -> {new!r}", _names(row) | _names(after)
        )

    def _delete(self, model: type[models.Model], row: Any) -> Change:
        model._default_manager.filter(pk=row.pk)._raw_delete("default")
        return Change(f"{model.__name__} {row.pk} deleted", _names(row))

    def _insert(self, model: type[models.Model], row: Any) -> Change:
        old = row.pk
        INSERTIONS[model](self, row)
        row.save(force_insert=True)
        return Change(f"{model.__name__} inserted after {old}", _names(row))

    # Rows that look like the others

    def event(self, row: ConsentEvent) -> None:
        row.pk, row.key = uuid6.uuid7(), self._digits()
        if self._random.random() < 0.5:
            row.mac = f"test:{self._digits()}"

    def piece(self, row: Evidence) -> None:
        row.pk = None
        row.event = self._row(ConsentEvent)

    def removal(self, row: EvidenceRemoval) -> None:
        row.pk, row.event = None, self._row(ConsentEvent)
        if self._random.random() < 0.5:
            row.mac = f"test:{self._digits()}"

    def leaf(self, row: SealedEvent) -> None:
        row.event = self._row(ConsentEvent)
        newest = SealedEvent.objects.filter(organisation=row.organisation).order_by("-position").first()
        row.position = newest.position + 1 if newest else 0
        row.position = self._random.choice([row.position, row.position + 3, FAR])

    def head(self, row: Seal) -> None:
        last = Seal.objects.filter(organisation=row.organisation).order_by("-size").first()
        row.pk, row.previous = None, last
        row.size = self._random.choice([row.size + 1, last.size + 1 if last else 1, FAR])

    # Other values

    def _other(self, field: Any, old: Any) -> Any:
        if field.is_relation and not field.primary_key:
            others = list(field.related_model._default_manager.values_list("pk", flat=True)[:20])
            return self._random.choice([*others, FAR if not isinstance(old, uuid.UUID) else uuid6.uuid7()])
        if field.choices:
            return self._random.choice([value for value, _label in field.flatchoices])
        return self._another(old, field)

    def _another(self, old: Any, field: Any) -> Any:
        kind = field.get_internal_type()
        if isinstance(old, bool):
            return not old
        if isinstance(old, datetime) or "Date" in kind:
            return (old or datetime.fromisoformat("2026-01-01T00:00:00+00:00")) + self._moment()
        if isinstance(old, uuid.UUID):
            return uuid6.uuid7()
        if isinstance(old, int):
            return self._random.choice([old + 1, max(old - 1, 0), FAR])
        if isinstance(old, dict | list):
            return self._bent(old)
        return self._text(old, field)

    def _moment(self) -> timedelta:
        return self._random.choice([1, -1]) * self._random.choice(
            [timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=400)]
        )

    def _bent(self, old: Any) -> Any:
        """The same JSON with one thing gone, added or replaced; or something that is of no such shape."""
        if self._random.random() < 0.3:
            others = [[], {}, [old], "x", 0, 1.5, True, {"file": "x"}, {"desk": {"file": {"sha256": 1}}}]
            return self._random.choice([each for each in others if each != old])
        if isinstance(old, list):
            return [*old[:-1], self._digits()] if self._random.random() < 0.5 else old[:-1]
        key = self._random.choice([*old, "more"])
        without = {name: value for name, value in old.items() if name != key}
        return without if key in old and self._random.random() < 0.5 else {**old, key: self._digits()}

    def _text(self, old: str | None, field: Any) -> str:
        old, longest = old or "", field.max_length or 40
        place = self._random.randrange(len(old)) if old else 0
        letter = self._random.choice("0123456789abcdefé")
        cut = self._random.choice([old[:-1], old[:place] + letter + old[place + 1 :], "", old.upper()])
        return (cut or letter)[:longest]

    def _digits(self) -> str:
        return f"{self._random.getrandbits(256):064x}"


INSERTIONS: dict[type[models.Model], Callable[[Intruder, Any], None]] = {
    ConsentEvent: Intruder.event,
    Evidence: Intruder.piece,
    SealedEvent: Intruder.leaf,
    Seal: Intruder.head,
    EvidenceRemoval: Intruder.removal,
}


def _names(row: Any) -> frozenset[str]:
    """What a finding may call it: itself, or what it belongs to."""
    if isinstance(row, SealedEvent):
        # Of a leaf at the very end nobody can tell whether it is one too many or its head is gone.
        return frozenset({str(row.position), str(row.position + 1), str(row.event_id)})
    if isinstance(row, Seal):
        later = Seal.objects.filter(size__gt=row.size).order_by("size").first()
        return frozenset({str(row.size), *([str(later.size)] if later else [])})
    if isinstance(row, EvidenceRemoval):
        return frozenset({f"{row.event_id}/{row.part}"})
    if isinstance(row, Evidence):
        return frozenset({str(row.pk), f"{row.event_id}/{row.part}"})
    return frozenset({str(row.pk)})
