"""What the review screen lists: failed deliveries, proposed links, unsure messages, refused pushes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from optins import roles
from optins.admin.base import visible
from optins.admin.eyes import EyesOf, reference
from optins.admin.parked import with_parked
from optins.models import (
    ConsentRecord,
    Contact,
    InboundDelivery,
    Organisation,
    ReviewItem,
    Sender,
    SenderContact,
)

MOST = 50
State = InboundDelivery.State
FAILED_OR_TRIED = Q(state=State.FAILED) | Q(state=State.WAITING, attempts__gt=0)
# A refused push that staff leave as it is. A new choice of the person puts a near time here again.
LEFT_ALONE = datetime(9999, 1, 1, tzinfo=UTC)


def refused_pushes() -> QuerySet[SenderContact]:
    """What a platform refuses to be told, and nobody has decided to leave."""
    parked = SenderContact.objects.filter(parked_at__isnull=False, contact__erased_at=None)
    return parked.exclude(next_attempt_at=LEFT_ALONE)


def untold_erasures() -> QuerySet[SenderContact]:
    """Senders that refuse, or could not be told in time, to forget somebody who is erased."""
    return SenderContact.objects.filter(parked_at__isnull=False, contact__erased_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One sort of work: the rows that are shown, and how many there are."""

    rows: Sequence[Any]
    count: int

    @property
    def has_more(self) -> bool:
        return self.count > len(self.rows)


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person, as the reader may see them."""

    contact: Contact
    reference: str
    known_as: SafeString
    says: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to decide; ``row`` is what it is about."""

    row: Any
    since: SafeString
    may_decide: bool
    people: tuple[Somebody, ...] = ()
    next_attempt: SafeString | None = None


class Waiting:
    """Reads what waits, a fixed number of queries whatever there is."""

    def __init__(self, request: HttpRequest, now: datetime) -> None:
        self.request, self.now = request, now
        self._eyes = EyesOf(request.user)
        self._deciders = roles.reach(request.user, "approve")

    @property
    def parts(self) -> dict[str, Part]:
        return {
            "deliveries": self._deliveries(),
            "links": self._items(ReviewItem.Kind.LINK),
            "unsure": self._items(ReviewItem.Kind.UNSURE),
            "codes": self._items(ReviewItem.Kind.CODES),
            "parked": self._parked(),
            "pushes": self._pushes(),
            "erasures": self._erasures(),
        }

    def _deliveries(self) -> Part:
        rows = visible(InboundDelivery.objects.filter(FAILED_OR_TRIED), self.request, "view_reviewitem")
        first = rows.select_related("channel__organisation").defer("body", "headers").order_by("-received_at")
        return self._part(rows, [self._delivery(row) for row in first[:MOST]])

    def _delivery(self, row: InboundDelivery) -> Row:
        eyes = self._eyes[row.channel.organisation]
        again = eyes.time(row.next_attempt_at) if row.state == State.WAITING else None
        return self._row(row, row.channel.organisation, row.received_at, next_attempt=again)

    def _items(self, kind: str) -> Part:
        rows = visible(ReviewItem.objects.filter(kind=kind, decided_at=None), self.request)
        first = rows.select_related("organisation", "contact", "other").order_by("created_at", "pk")
        first = first.prefetch_related(
            "contact__identifiers",
            "other__identifiers",
            Prefetch("contact__records", _records()),
            Prefetch("other__records", _records()),
        )
        return self._part(rows, [self._item(row) for row in first[:MOST]])

    def _item(self, row: ReviewItem) -> Row:
        people = tuple(self._somebody(each, row.organisation) for each in (row.contact, row.other) if each)
        return self._row(row, row.organisation, row.created_at, people=people)

    def _parked(self) -> Part:
        rows = visible(with_parked(Sender.objects.select_related("organisation")), self.request)
        shown = [self._row(row, row.organisation, row.parked_since) for row in rows]
        return Part(shown, sum(row.parked for row in rows))

    def _pushes(self) -> Part:
        rows = visible(refused_pushes(), self.request)
        first = rows.select_related("sender__organisation", "contact").order_by("lane", "parked_at", "pk")
        first = first.prefetch_related("contact__identifiers", Prefetch("contact__records", _records()))
        return self._part(rows, [self._push(row) for row in first[:MOST]])

    def _push(self, row: SenderContact) -> Row:
        owner = row.sender.organisation
        people = (self._somebody(row.contact, owner),)
        return self._row(row, owner, row.parked_at or self.now, people=people)

    def _erasures(self) -> Part:
        """Senders that could not be told to forget somebody, by the person's id: no number is left."""
        rows = visible(untold_erasures(), self.request)
        first = rows.select_related("sender__organisation", "contact").order_by("parked_at", "pk")
        return self._part(rows, [self._erasure(row) for row in first[:MOST]])

    def _erasure(self, row: SenderContact) -> Row:
        return self._row(row, row.sender.organisation, row.contact.erased_at or self.now)

    def _part(self, rows: QuerySet, shown: list[Row]) -> Part:
        return Part(shown, len(shown) if len(shown) < MOST else rows.count())

    def _row(self, row: Any, owner: Organisation, since: datetime, **more: Any) -> Row:
        return Row(row, self._eyes[owner].time(since), owner.pk in self._deciders, **more)

    def _somebody(self, contact: Contact, owner: Organisation) -> Somebody:
        eyes = self._eyes[owner]
        says = [(record.purpose.title("en"), record.grant_id is not None) for record in contact.records.all()]
        return Somebody(contact, reference(contact.uuid), eyes.known_as(contact), says)


def _records() -> QuerySet[ConsentRecord]:
    return ConsentRecord.objects.select_related("purpose").order_by("purpose__position", "purpose")
