"""Rate buckets: what the platform's last answers said, kept in the database for every worker."""

from datetime import UTC, datetime

from django.utils import timezone

from optins.models import Sender, SenderContact
from optins.senders.base import Limit


def has_room(sender: Sender, bucket: str, lane: int, now: datetime) -> bool:
    """Whether a call may be made now. A tenth of each bucket is kept for withdrawals."""
    state = sender.limits.get(bucket)
    if not state or state["reset"] <= now.timestamp():
        return True
    kept = 0 if lane == SenderContact.Lane.WITHDRAWAL else -(-state["limit"] // 10)
    return state["remaining"] > kept


def note(sender: Sender, limit: Limit | None) -> None:
    """Remember what an answer said of its bucket."""
    if limit is not None:
        _write(sender, limit.bucket, limit.limit, limit.remaining, limit.reset_at)


def pause(sender: Sender, bucket: str, until: datetime) -> None:
    """The platform said 429: nothing more from this bucket before then, withdrawals included."""
    known = sender.limits.get(bucket, {}).get("limit", 0)
    _write(sender, bucket, known, 0, until)


def _write(sender: Sender, bucket: str, limit: int, remaining: int, reset_at: datetime) -> None:
    state = {"limit": limit, "remaining": remaining, "reset": reset_at.timestamp()}
    sender.limits = {**sender.limits, bucket: state}
    Sender.objects.filter(pk=sender.pk).update(limits=sender.limits)


def opens_at(sender: Sender, bucket: str) -> datetime:
    """When an empty bucket fills again."""
    state = sender.limits.get(bucket)
    return datetime.fromtimestamp(state["reset"], UTC) if state else timezone.now()
