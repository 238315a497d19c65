"""Taking work from the database, and putting it back with a time for the next attempt."""

import random
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from optins.models.sender import Leased
from optins.senders.base import SenderError

# Longer than the longest call (15 s), so that a living worker never loses what it holds.
LEASE = timedelta(seconds=20)
_FIRST_WAIT = 2.0
_LONGEST_WAIT = 3600.0

Row = TypeVar("Row", bound=Leased)


@transaction.atomic
def take(due: QuerySet[Row], now: datetime) -> Row | None:
    """The first due row, held for a short while; rows that another worker is taking are passed over."""
    row = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        row.leased_until = now + LEASE
        row.save(update_fields=["leased_until"])
    return row


def give_back(row: Leased, *, next_attempt_at: datetime | None = None) -> None:
    """Free a row that was not worked on, e.g. because the platform asked for a pause."""
    row.leased_until = None
    row.next_attempt_at = next_attempt_at or row.next_attempt_at
    _save(row, "leased_until", "next_attempt_at")


def postpone(row: Leased, error: SenderError, now: datetime) -> None:
    """Try again later: twice as long after each attempt, up to an hour, and never all at one moment."""
    wait = min(_FIRST_WAIT * 2**row.attempts, _LONGEST_WAIT)
    jittered = now + timedelta(seconds=wait * random.uniform(0.5, 1.5))  # noqa: S311  no secret
    row.attempts += 1
    row.last_error = str(error)[:300]
    row.next_attempt_at = max(jittered, error.retry_at or jittered)
    row.leased_until = None
    _save(row, "attempts", "last_error", "next_attempt_at", "leased_until")


def _save(row: Leased, *fields: str) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in fields})
