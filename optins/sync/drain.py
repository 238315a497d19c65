"""Closing the differences: what each sender should hold against what it was last told.

State is synced, not events: a lost task, a dead broker or a crash loses nothing, because the difference
is still there. Safe to run twice, at the same time, or never.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from optins.models import Sender
from optins.senders import platform_of
from optins.senders.base import Platform, RateLimited, SenderError
from optins.sync import buckets, leases, pushes, replies

log = structlog.get_logger(__name__)
# The worker has other tasks as well, and the next run goes on where this one ended.
_LONGEST_RUN = 10.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work: its rows, what to do with each, what to do with one that is refused for good."""

    due: Callable[[Sender, datetime], Any]
    act: Callable[[Platform, Sender, Any], Any]
    give_up: Callable[[Any, str], None]
    is_message: bool = False
    leaves_a_tenth: bool = False

    def bucket(self, platform: Platform) -> str:
        return platform.message_bucket if self.is_message else platform.push_bucket


# Replies may use all of their bucket: each answers somebody, often about a stop.
IN_ORDER = (
    Kind(pushes.withdrawals, pushes.push, pushes.park),
    Kind(replies.due, replies.send, replies.fail, is_message=True),
    Kind(pushes.grants, pushes.push, pushes.park, leaves_a_tenth=True),
)


@dataclass(frozen=True, slots=True)
class Work:
    """One row that was taken, and what to do with it."""

    sender: Sender
    platform: Platform
    kind: Kind
    row: Any

    @property
    def bucket(self) -> str:
        return self.kind.bucket(self.platform)


def drain() -> int:
    """Work for every active sender, a call for each in turn, until nothing can be done now or time is up.

    Returns the rows that were dealt with.
    """
    ends_at, dealt_with = monotonic() + _LONGEST_RUN, 0
    busy = list(Sender.objects.filter(is_active=True).values_list("pk", flat=True))
    while busy and monotonic() < ends_at:
        busy = [sender_id for sender_id in busy if _step(sender_id)]
        dealt_with += len(busy)
    return dealt_with


def _step(sender_id: int) -> bool:
    """Deal with one row; False when there is none, or the sender has trouble: then the next run goes on."""
    now = timezone.now()
    work = _take(sender_id, now)
    return work is not None and _do(work, now)


@transaction.atomic
def _take(sender_id: int, now: datetime) -> Work | None:
    """The most urgent row for whose call there is room."""
    sender = buckets.lock(sender_id)
    if sender is None:
        return None
    platform = platform_of(sender)
    if platform is None:
        log.error("sender has no such platform", sender=sender_id)
        return None
    for kind in IN_ORDER:
        bucket = kind.bucket(platform)
        if not buckets.has_room(sender, bucket, now, leaves_a_tenth=kind.leaves_a_tenth):
            continue
        if row := leases.take(kind.due(sender, now), now):
            buckets.count(sender, bucket)
            return Work(sender, platform, kind, row)
    return None


def _do(work: Work, now: datetime) -> bool:
    try:
        limit = work.kind.act(work.platform, work.sender, work.row)
    except RateLimited as error:
        buckets.pause(work.sender.pk, work.bucket, error.retry_at)
        leases.put_back(work.row, next_attempt_at=error.retry_at)
    except SenderError as error:
        return _failed(work, error, now)
    else:
        buckets.note(work.sender.pk, work.bucket, limit)
    return True


def _failed(work: Work, error: SenderError, now: datetime) -> bool:
    if error.permanent:
        work.kind.give_up(work.row, str(error))
        return True
    leases.postpone(work.row, error, now)
    if error.retry_at:
        buckets.pause(work.sender.pk, work.bucket, error.retry_at)
    return False
