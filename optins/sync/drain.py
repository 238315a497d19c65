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
    ends_at = monotonic() + _LONGEST_RUN
    senders = Sender.objects.filter(is_active=True).values_list("pk", flat=True)
    runs = busy = [Run(sender_id) for sender_id in senders]
    while busy and monotonic() < ends_at:
        busy = [run for run in busy if run.step()]
    return sum(run.dealt_with for run in runs)


class Run:
    """What one run does for one sender. Where a call fails, the rest of its bucket waits for the next run."""

    def __init__(self, sender_id: int) -> None:
        self.sender_id = sender_id
        self.troubled: set[str] = set()
        self.dealt_with = 0

    def step(self) -> bool:
        """Make one call; False when there is none to make."""
        now = timezone.now()
        work = self._take(now)
        if work is None:
            return False
        if _do(work, now):
            self.dealt_with += 1
        else:
            self.troubled.add(work.bucket)
        return True

    @transaction.atomic
    def _take(self, now: datetime) -> Work | None:
        """The most urgent row for whose call there is room."""
        sender = buckets.lock(self.sender_id)
        if sender is None:
            return None
        platform = platform_of(sender)
        if platform is None:
            log.error("sender has no such platform", sender=sender.pk)
            return None
        for kind in IN_ORDER:
            bucket = kind.bucket(platform)
            if bucket in self.troubled or not buckets.has_room(
                sender, bucket, now, leaves_a_tenth=kind.leaves_a_tenth
            ):
                continue
            if row := leases.take(kind.due(sender, now), now):
                buckets.count(sender, bucket)
                return Work(sender, platform, kind, row)
        return None


def _do(work: Work, now: datetime) -> bool:
    """Whether the row was dealt with: told, sent, or refused for good."""
    try:
        limit = work.kind.act(work.platform, work.sender, work.row)
    except SenderError as error:
        return _failed(work, error, now)
    buckets.note(work.sender.pk, work.bucket, limit)
    return True


def _failed(work: Work, error: SenderError, now: datetime) -> bool:
    if error.retry_at:
        buckets.pause(work.sender.pk, work.bucket, error.retry_at)
    if error.permanent:
        work.kind.give_up(work.row, str(error))
    elif isinstance(error, RateLimited):
        leases.put_back(work.row, next_attempt_at=error.retry_at)
    else:
        leases.postpone(work.row, error, now)
    return error.permanent
