"""Removing evidence by a rule, and the record of it: what is gone without one was taken.

The record has a MAC, so that nobody can make one who has the database alone; and it stays true whatever
the settings and rule packs say later.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from optins.consent import digests, photos
from optins.models import ConsentEvent, Evidence, EvidenceFile, EvidenceRemoval

Reason = EvidenceRemoval.Reason


@transaction.atomic
def remove(rows: QuerySet[Evidence], reason: str, now: datetime) -> None:
    """Remove these pieces: few enough to be held in memory."""
    parts = {pk: (event, part) for pk, event, part in rows.values_list("pk", "event", "part")}
    _note(parts.values(), reason, now)
    Evidence.objects.filter(pk__in=parts).delete()


@transaction.atomic
def remove_photos(rows: QuerySet[EvidenceFile], reason: str, now: datetime) -> None:
    """The same of photos of forms, noted for each act whose evidence may name them."""
    keys = list(rows.values_list("pk", flat=True))
    acts = ConsentEvent.objects.filter(photos.acts_about(keys)).values_list("pk", flat=True)
    _note(((act, EvidenceRemoval.PHOTO) for act in acts), reason, now)
    EvidenceFile.objects.filter(pk__in=keys).delete()


def _note(parts: Iterable[tuple[UUID, str]], reason: str, now: datetime) -> None:
    found = [
        EvidenceRemoval(event_id=event, part=part, reason=reason, removed_at=now) for event, part in parts
    ]
    for row in found:
        row.mac = digests.mac_of(_bytes_of(row))
    # Another process may be at the same rows.
    EvidenceRemoval.objects.bulk_create(found, ignore_conflicts=True)


def is_ours(row: EvidenceRemoval) -> bool:
    """Whether our own code wrote it, as it is."""
    return digests.is_mac_of(_bytes_of(row), row.mac)


def _bytes_of(row: EvidenceRemoval) -> bytes:
    """The canonical bytes of a removal, version 1."""
    at: Any = row.removed_at
    told = {"event": str(row.event_id), "part": row.part, "reason": row.reason}
    return digests.versioned("sayso-removal-1", told | {"removed_at": at and at.astimezone(UTC).isoformat()})
