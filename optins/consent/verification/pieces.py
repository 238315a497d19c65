"""Each piece of evidence by the digest in its event; and of each that is gone, the record of its removal."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from optins.consent import digests, photos
from optins.consent.ledger import Entry
from optins.consent.verification import removed
from optins.consent.verification.events import EventCheck
from optins.consent.verification.findings import Finding, Kind
from optins.consent.verification.readable import UNREADABLE, readable
from optins.models import Evidence, EvidenceRemoval


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of an act's evidence as it is kept; ``salt`` is None where it cannot be read."""

    pk: int
    part: str
    payload: Any
    salt: str | None

    @property
    def digest(self) -> str:
        """Empty where nobody can make one of it."""
        try:
            return "" if self.salt is None else digests.evidence(self.payload, self.salt)
        except UNREADABLE:
            return ""


def check(events: EventCheck, entries: Collection[Entry]) -> Iterator[Finding]:
    """What is kept of these events, and what is gone."""
    kept = _kept(entries)
    gone: list[tuple[UUID, str]] = []
    for entry in entries:
        pieces = kept.get(entry.id, {})
        for piece in pieces.values():
            yield from _piece(events, entry, piece)
            if named := photos.named_in(piece.payload, entry.door):
                yield from _photo(events, entry, named, gone)
        gone += [(entry.id, part) for part in sorted(_parts(entry) - set(pieces))]
    # Read after the evidence: what was removed in the meantime is on record by now.
    yield from removed.gone(events, gone)


def _piece(events: EventCheck, entry: Entry, piece: Piece) -> Iterator[Finding]:
    name = f"Evidence {piece.pk} ({piece.part}) of event {entry.id}"
    if piece.part not in _parts(entry):
        text = f"{name} is not named by the event: it was inserted."
        yield events.finding(Kind.EVIDENCE_INSERTED, "evidence", piece.pk, text)
    elif entry.evidence_digests[piece.part] != piece.digest:
        text = f"{name} was changed: it no longer has its digest."
        yield events.finding(Kind.EVIDENCE_CHANGED, "evidence", piece.pk, text)


def _photo(events: EventCheck, entry: Entry, named: str, gone: list[tuple[UUID, str]]) -> Iterator[Finding]:
    """The photo of a form that the evidence names, by its own bytes."""
    there = [hashlib.sha256(file.content).hexdigest() for file in photos.kept_for(entry.id)]
    if not there:
        gone.append((entry.id, EvidenceRemoval.PHOTO))
    elif named not in there:
        text = f"The photo of a form that event {entry.id} names was changed."
        name = f"{entry.id}/{EvidenceRemoval.PHOTO}"
        yield events.finding(Kind.EVIDENCE_CHANGED, "evidence", name, text)


def _parts(entry: Entry) -> set[str]:
    named = entry.evidence_digests
    return set(named) if isinstance(named, dict) else set()


def _kept(entries: Collection[Entry]) -> dict[UUID, dict[str, Piece]]:
    rows = Evidence.objects.filter(event__in=[entry.id for entry in entries])
    names = list(rows.values_list("pk", "event", "part"))
    contents = readable([pk for pk, _event, _part in names], _contents)
    found: dict[UUID, dict[str, Piece]] = defaultdict(dict)
    for pk, event, part in names:
        found[event][part] = Piece(pk, part, *contents.get(pk, (None, None)))
    return found


def _contents(keys: list[int]) -> dict[int, tuple[Any, str]]:
    rows = Evidence.objects.filter(pk__in=keys).values_list("pk", "payload", "salt")
    return {pk: (payload, salt) for pk, payload, salt in rows}
