"""Rate buckets: what the platform's last answers said, kept in the database for every worker.

``Sender.limits`` is ``{bucket: {"limit", "remaining", "reset", "paused_until"}}``, times in unix seconds.
It is read and written under the sender's lock, so that no worker overwrites what another has just learned.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from optins.models import Sender
from optins.senders.base import Limit


def lock(sender_id: int) -> Sender | None:
    """An active sender as it is now, held to the end of the transaction. Rows about it can still be made."""
    rows = Sender.objects.select_for_update(no_key=True)
    return rows.filter(pk=sender_id, is_active=True).first()


def has_room(sender: Sender, bucket: str, now: datetime, *, leaves_a_tenth: bool) -> bool:
    """Whether a call may be made now. A tenth of each bucket is kept for withdrawals."""
    state = sender.limits.get(bucket, {})
    if state.get("paused_until", 0) > now.timestamp():
        return False
    if state.get("reset", 0) <= now.timestamp():
        return True  # it has filled again, or was never heard of
    kept = -(-state["limit"] // 10) if leaves_a_tenth else 0
    return bool(state["remaining"] > kept)


def count(sender: Sender, bucket: str) -> None:
    """A call is about to be made: other workers must not wait for its answer to know. Under the lock."""
    state = sender.limits.get(bucket)
    if state and state.get("remaining"):
        _write(sender, bucket, remaining=state["remaining"] - 1)


@transaction.atomic
def note(sender_id: int, bucket: str, limit: Limit | None) -> None:
    """Remember what an answer said. Answers overtake one another: within a window the fewest left is true."""
    sender = lock(sender_id)
    if limit is None or sender is None:
        return
    known, reset = sender.limits.get(bucket, {}), limit.reset_at.timestamp()
    if reset < known.get("reset", 0):
        return  # of a window that is over
    left = min(limit.remaining, known["remaining"]) if reset == known.get("reset") else limit.remaining
    _write(sender, bucket, limit=limit.limit, remaining=left, reset=reset)


@transaction.atomic
def pause(sender_id: int, bucket: str, until: datetime) -> None:
    """The platform asked for it: no call in this bucket before then, withdrawals included."""
    sender = lock(sender_id)
    if sender:
        known = sender.limits.get(bucket, {}).get("paused_until", 0)
        _write(sender, bucket, paused_until=max(known, until.timestamp()))


def _write(sender: Sender, bucket: str, **values: Any) -> None:
    sender.limits[bucket] = sender.limits.get(bucket, {}) | values
    sender.save(update_fields=["limits"])
