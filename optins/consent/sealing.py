"""Sealing: the events that no seal covers get their places in the tree, and its new head is signed.

In the background, never in ``record()``: a chain that each write must extend would make writers wait for
each other. The sealer numbers the events, so one that commits late only comes later; none is skipped.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.utils import timezone

from optins.consent import ledger, seals, signing
from optins.consent.merkle import Frontier
from optins.models import ConsentEvent, Organisation, Seal, SealedEvent, SealLease

BATCH = 1000
# Much longer than a batch takes; a sealer that died holds up the ledger no longer than this.
LEASE = timedelta(seconds=30)
# How long an event may take from being made to being committed to be found without a sweep.
WINDOW = timedelta(minutes=10)
# After which staff are told that nobody seals.
LATE = timedelta(minutes=10)
_POLL = 0.1  # seconds between two looks at a lease that somebody else has


class Busy(Exception):
    """Another sealer is growing this organisation's tree."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was sealed at once; ``highest``: the highest id in it, where the next batch begins."""

    head: Seal
    events: int
    highest: UUID


def seal(organisation: Organisation, now: datetime, *, sweep: bool = False) -> Seal | None:
    """Seal up to BATCH events of an organisation; None where there is nothing to seal, or somebody is at it.

    Without ``sweep`` it looks from WINDOW before the newest sealed event on, whatever the size of the ledger
    and however long nobody sealed; with it, at every event.
    """
    try:
        batch = seal_from(organisation, now, None if sweep else window_of(organisation))
    except Busy:
        return None
    return batch.head if batch else None


def seal_for(organisation: Organisation, seconds: float, *, sweep: bool = False) -> int:
    """Seal batches until nothing waits, somebody else is at it, or time is up; returns the events."""
    ends_at, count = monotonic() + seconds, 0
    since = None if sweep else window_of(organisation)
    try:
        while batch := seal_from(organisation, timezone.now(), since):
            count += batch.events
            since = batch.highest
            if batch.events < BATCH or monotonic() > ends_at:
                break
    except Busy:
        pass
    return count


def seal_all(organisation: Organisation) -> int:
    """Seal all that was recorded before this call, waiting for whoever else is at it; returns the events."""
    since, count = None, 0
    while True:
        try:
            batch = seal_from(organisation, timezone.now(), since)
        except Busy:
            sleep(_POLL)
            continue
        if batch is None:
            return count
        since, count = batch.highest, count + batch.events
        if batch.events < BATCH:
            return count


def window_of(organisation: Organisation) -> UUID | None:
    """From which id on to look for what is not sealed; None before the first seal."""
    leaves = SealedEvent.objects.filter(organisation=organisation).order_by("-position")
    newest = leaves.values_list("event", flat=True).first()
    return ledger.earlier(newest, WINDOW) if newest else None


def seal_from(organisation: Organisation, now: datetime, since: UUID | None) -> Batch | None:
    """One batch of the events from this id on; None where all of them are sealed. Raises Busy."""
    if not ledger.unsealed(organisation, since).exists():
        return None
    lease = _take(organisation, now)
    try:
        return _seal(organisation, now, since)
    finally:
        _held(lease).update(leased_until=None)


@transaction.atomic
def _take(organisation: Organisation, now: datetime) -> SealLease:
    """The right to grow this organisation's tree. Raises Busy while somebody alive has it."""
    SealLease.objects.get_or_create(organisation=organisation)
    free = SealLease.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), pk=organisation.pk)
    lease = free.select_for_update(skip_locked=True).first()
    if lease is None:
        raise Busy
    lease.leased_until = now + LEASE
    lease.save(update_fields=["leased_until"])
    return lease


def _held(lease: SealLease) -> QuerySet[SealLease]:
    return SealLease.objects.filter(pk=lease.pk, leased_until=lease.leased_until)


def _seal(organisation: Organisation, now: datetime, since: UUID | None) -> Batch | None:
    """Read and hash first, so that the transaction holds up nobody; the constraints refuse a second head."""
    previous = newest_seal(organisation)
    entries = list(ledger.Reader().entries(ledger.unsealed(organisation, since)[:BATCH]))
    if not entries:
        return None
    highest = entries[-1].id
    entries.sort(key=lambda entry: (entry.recorded_at, entry.id))
    head, leaves = grown(organisation, previous, entries, now)
    try:
        with transaction.atomic():
            head.save(force_insert=True)
            SealedEvent.objects.bulk_create(leaves)
    except IntegrityError:
        if newest_seal(organisation) == previous:
            raise
        # Our lease ran out on the way and another sealer was quicker: its head stands.
        raise Busy from None
    return Batch(head, len(leaves), highest)


def newest_seal(organisation: Organisation) -> Seal | None:
    return Seal.objects.filter(organisation=organisation).order_by("-size").first()


def grown(
    organisation: Organisation, previous: Seal | None, entries: list[ledger.Entry], now: datetime
) -> tuple[Seal, list[SealedEvent]]:
    """The next head over these events, in this order, and their leaves; neither is saved."""
    tree = Frontier(previous.size, map(bytes.fromhex, previous.frontier)) if previous else Frontier()
    leaves = []
    for entry in entries:
        place = {"organisation": organisation, "event_id": entry.id, "position": tree.size}
        leaves.append(SealedEvent(**place, leaf=entry.leaf.hex()))
        tree.append(entry.leaf)
    head = Seal(
        organisation=organisation,
        previous=previous,
        size=tree.size,
        root=tree.root().hex(),
        frontier=[each.hex() for each in tree.roots],
        sealed_at=now,
        key_id=signing.newest_key_id(),
    )
    head.signature = signing.sign(seals.head_bytes(head), head.key_id)
    return head, leaves


def late(now: datetime) -> QuerySet[ConsentEvent]:
    """The events that should have been sealed by now and are not."""
    return unsealed_lately().filter(pk__lt=ledger.first_id_at(now - LATE))


def unsealed_lately() -> QuerySet[ConsentEvent]:
    """What the sealer finds without a sweep, in all organisations: few rows, however large the ledger."""
    leaves = SealedEvent.objects.filter(organisation=OuterRef("pk")).order_by("-position").values("event")
    newest = Subquery(leaves[:1], output_field=UUIDField())
    fits = Q(pk__in=[])
    for key, event in Organisation.objects.annotate(newest=newest).values_list("pk", "newest"):
        since = {"pk__gte": ledger.earlier(event, WINDOW)} if event else {}
        fits |= Q(organisation=key, **since)
    return ConsentEvent.objects.filter(fits, ~Exists(SealedEvent.objects.filter(event=OuterRef("pk"))))
