"""Taking work from the database, and putting it back with a time for the next attempt."""

import random
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from optins.models.sender import Leased
from optins.senders.base import SenderError

# Longer than the longest call, so that a living worker never loses what it holds.
LEASE = timedelta(seconds=20)
_FIRST_WAIT = 2.0
_LONGEST_WAIT = 600.0
# In an outage each row waits for the same thing, and one call a run asks whether it is over.
_LONGEST_WAIT_IN_AN_OUTAGE = 30.0

Row = TypeVar("Row", bound=Leased)


@transaction.atomic
def take(due: QuerySet[Row], now: datetime, lease: timedelta = LEASE) -> Row | None:
    """The first due row, held for a short while; rows that another worker is taking are passed over."""
    row = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        row.leased_until = now + lease
        row.save(update_fields=["leased_until"])
    return row


def held(row: Leased) -> QuerySet[Any]:
    """The row, as long as the lease that we took is the one that counts."""
    return type(row)._default_manager.filter(pk=row.pk, leased_until=row.leased_until)


def put_back(row: Leased, **values: Any) -> None:
    """Free the row with these values; one that changed since it was taken starts afresh instead."""
    version = {"version": row.version} if hasattr(row, "version") else {}
    if not held(row).filter(**version).update(leased_until=None, **values):
        held(row).update(leased_until=None)


def postpone(row: Leased, error: SenderError, now: datetime) -> None:
    """Try again later: twice as long after each attempt, up to a limit, and never all at one moment."""
    longest = _LONGEST_WAIT_IN_AN_OUTAGE if error.outage else _LONGEST_WAIT
    wait = min(_FIRST_WAIT * 2 ** min(row.attempts, 20), longest)
    jittered = now + timedelta(seconds=wait * random.uniform(0.5, 1.5))  # noqa: S311  no secret
    put_back(
        row,
        attempts=row.attempts + 1,
        last_error=str(error)[:300],
        next_attempt_at=max(jittered, error.retry_at or jittered),
    )
