"""Each event by its MAC, and each piece of evidence by the digest in its event."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q

from optins.consent import digests, erasure, photos
from optins.consent.keeping import keeping_of
from optins.consent.ledger import Entry, Reader
from optins.consent.verification.findings import Finding, Kind
from optins.consent.verification.readable import UNREADABLE, readable
from optins.models import AuditEntry, ConsentEvent, ConsentRecord, Evidence, Organisation


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


class EventCheck:
    """What is asked of each event of one organisation, sealed or not."""

    def __init__(self, organisation: Organisation, now: datetime) -> None:
        self.organisation, self._now, self.reader = organisation, now, Reader()
        self._changed_at: datetime | None = None
        self._knows_changes = False

    def finding(self, kind: Kind, subject: str, id: Any, text: str) -> Finding:
        return Finding(kind, self.organisation.slug, subject, str(id), text)

    def evidence(self, entries: Collection[Entry]) -> Iterator[Finding]:
        """The evidence that is still kept, against the digests; and what is gone without a reason."""
        kept = _pieces(entries)
        for entry in entries:
            pieces = kept.get(entry.id, {})
            for piece in pieces.values():
                yield from self._piece(entry, piece)
                if named := photos.named_in(piece.payload, entry.door):
                    yield from self._file(entry, named)
            for part in _parts(entry) - set(pieces):
                yield self._gone(entry, part)

    def _piece(self, entry: Entry, piece: Piece) -> Iterator[Finding]:
        name = f"Evidence {piece.pk} ({piece.part}) of event {entry.id}"
        if piece.part not in _parts(entry):
            text = f"{name} is not named by the event: it was inserted."
            yield self.finding(Kind.EVIDENCE_INSERTED, "evidence", piece.pk, text)
        elif entry.evidence_digests[piece.part] != piece.digest:
            text = f"{name} was changed: it no longer has its digest."
            yield self.finding(Kind.EVIDENCE_CHANGED, "evidence", piece.pk, text)

    def _file(self, entry: Entry, named: str) -> Iterator[Finding]:
        """The photo of a form that the evidence names, by its own bytes."""
        file = photos.kept_for(entry.id).first()
        if file is None:
            text = f"The photo of a form that event {entry.id} names is gone."
            yield self.finding(Kind.EVIDENCE_GONE, "evidence", f"{entry.id}/file", text)
        elif hashlib.sha256(file.content).hexdigest() != named:
            text = f"The photo of a form that event {entry.id} names was changed."
            yield self.finding(Kind.EVIDENCE_CHANGED, "evidence", f"{entry.id}/file", text)

    def _gone(self, entry: Entry, part: str) -> Finding:
        name = f"{entry.id}/{part}"
        if reason := self._reason_to_be_gone(entry, part):
            text = f"The evidence ({part}) of event {entry.id} is gone: {reason}."
            return self.finding(Kind.EVIDENCE_GONE, "evidence", name, text)
        text = f"The evidence ({part}) of event {entry.id} was removed, and no rule says so."
        return self.finding(Kind.EVIDENCE_REMOVED, "evidence", name, text)

    def _reason_to_be_gone(self, entry: Entry, part: str) -> str:
        if self._is_time_over(entry, part):
            return "its time is over"
        if ConsentEvent.objects.filter(contact__events=entry.id, kind=ConsentEvent.Kind.ERASED).exists():
            return "the person was erased"
        if f"{entry.id}/{part}" in self._gone_with_others:
            return "it named somebody who was erased"
        changed_at = self._time_of_keeping_changed_at()
        return (
            "how long to keep it was changed since" if changed_at and entry.recorded_at < changed_at else ""
        )

    def _is_time_over(self, entry: Entry, part: str) -> bool:
        """By the organisation's own time or by that of the packs; no consent may rest on the latter."""
        address = part == Evidence.Part.ADDRESS
        days = self.organisation.ip_kept_days if address else self.organisation.evidence_kept_days
        if days is not None and entry.recorded_at + timedelta(days=days) <= self._now:
            return True
        over = keeping_of(self.organisation, entry.jurisdiction).over_before(self._now)
        return over is not None and entry.recorded_at < over and not _rests_on(entry, over)

    @cached_property
    def _gone_with_others(self) -> set[str]:
        return erasure.removed_by_erasures(self.organisation)

    def _time_of_keeping_changed_at(self) -> datetime | None:
        """When staff last changed how long evidence is kept: what was removed before was removed rightly."""
        if not self._knows_changes:
            self._knows_changes = True
            own = AuditEntry.objects.filter(organisation=self.organisation, object_type="organisation")
            times = own.order_by("at").values_list("at", "detail")
            self._changed_at = max((at for at, detail in times if _changes_keeping(detail)), default=None)
        return self._changed_at


def _rests_on(entry: Entry, over: datetime) -> bool:
    """Whether a consent that did not run out before this moment rests on the event."""
    rows = ConsentRecord.objects.filter(Q(grant=entry.id) | Q(proof=entry.id))
    return rows.filter(Q(grant__expires_at=None) | Q(grant__expires_at__gte=over)).exists()


def _changes_keeping(detail: dict[str, Any]) -> bool:
    """Whether an entry of the audit names one of these fields, in the words of the form."""
    fields = {str(name).lower() for name in detail.get("fields", [])}
    return bool(fields & {"days that addresses are kept", "days that evidence is kept"})


def _parts(entry: Entry) -> set[str]:
    named = entry.evidence_digests
    return set(named) if isinstance(named, dict) else set()


def _pieces(entries: Collection[Entry]) -> dict[UUID, dict[str, Piece]]:
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
