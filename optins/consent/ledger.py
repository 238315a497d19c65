"""Events as they are sealed and checked: canonical bytes, read in bulk and without objects of the ORM."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from optins.consent import digests, merkle
from optins.models import ConsentEvent, NoticeTranslation, Organisation, SealedEvent

_BESIDE = ("pk", "contact__uuid", "mac")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its canonical bytes and what is needed to check it."""

    id: UUID
    data: bytes
    mac: str
    evidence_digests: dict[str, str]
    recorded_at: datetime
    purpose_id: int | None
    door: str

    @property
    def leaf(self) -> bytes:
        return merkle.leaf_hash(self.data)


class Reader:
    """Reads entries; it remembers the digest of each wording, so keep one reader for many events."""

    def __init__(self) -> None:
        self._wordings: dict[int, str] = {}

    def entries(self, events: QuerySet[ConsentEvent]) -> Iterator[Entry]:
        rows = list(events.values_list(*digests.EVENT_FIELDS, *_BESIDE))
        values = [dict(zip(digests.EVENT_FIELDS, row, strict=False)) for row in rows]
        self._learn({each["translation_id"] for each in values if each["translation_id"]})
        for row, each in zip(rows, values, strict=True):
            yield self._entry(each, *row[-len(_BESIDE) :])

    def by_id(self, ids: Iterable[UUID]) -> dict[UUID, Entry]:
        """Those that are there. An event without its contact is none."""
        return {each.id: each for each in self.entries(ConsentEvent.objects.filter(pk__in=list(ids)))}

    def _entry(self, values: dict[str, Any], id: UUID, contact: UUID, mac: str) -> Entry:
        # Wording that is gone counts as none: the bytes differ, and that is found.
        wording = self._wordings.get(values["translation_id"], "")
        data = digests.bytes_of(values, id=id, contact=contact, wording=wording)
        return Entry(
            id,
            data,
            mac,
            values["evidence_digests"],
            values["recorded_at"],
            values["purpose_id"],
            values["door"],
        )

    def _learn(self, translations: set[int]) -> None:
        unknown = translations - set(self._wordings)
        for each in NoticeTranslation.objects.filter(pk__in=unknown) if unknown else ():
            self._wordings[each.pk] = each.digest()


def unsealed(organisation: Organisation, since: UUID | None = None) -> QuerySet[ConsentEvent]:
    """The events that no seal covers, in the order of their ids; with ``since`` none of a lower id.

    Over a whole ledger this reads each event; ``since`` keeps it to what was recorded lately.
    """
    events = ConsentEvent.objects.filter(organisation=organisation)
    leaves = SealedEvent.objects.filter(event=OuterRef("pk"))
    if since:
        events, leaves = events.filter(pk__gte=since), leaves.filter(event__gte=since)
    return events.filter(~Exists(leaves)).order_by("pk")


def earlier(id: UUID, by: timedelta) -> UUID:
    """The lowest id that an event made so much before this one can have: UUIDv7 begins with milliseconds."""
    return UUID(int=max((id.int >> 80) - int(by.total_seconds() * 1000), 0) << 80)


def first_id_at(moment: datetime) -> UUID:
    """The lowest id that an event made at this moment can have."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
