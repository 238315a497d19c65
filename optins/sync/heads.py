"""Heads on their way out: a head that somebody else keeps cannot be rewritten unseen.

To a folder, one line of JSON each, and to a webhook. State is synced, not events: each target of each
organisation has at most one head under way, which is tried until it is out; the next is then the newest.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from time import monotonic

import httpx
import structlog
from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone

from optins.consent import sealing
from optins.consent.seals import SignedHead
from optins.models import HeadExport, Organisation, Seal
from optins.senders.base import SenderError
from optins.sync import leases

log = structlog.get_logger(__name__)
Target = HeadExport.Target
# After which a head that is not out asks for attention.
OVERDUE = timedelta(hours=1)
_LONGEST_RUN = 10.0


def targets() -> list[str]:
    """Where heads go by the settings."""
    known = {Target.FILE: settings.HEADS_FOLDER, Target.WEBHOOK: settings.HEADS_WEBHOOK}
    return [str(target) for target, place in known.items() if place]


def export() -> int:
    """Export what is due; returns the heads that went out. Safe to run twice, at the same time, or never."""
    plan(timezone.now())
    ends_at, count = monotonic() + _LONGEST_RUN, 0
    while monotonic() < ends_at and (row := _take(timezone.now())):
        count += _deliver(row)
    return count


def plan(now: datetime) -> None:
    """Put each organisation's newest head on its way, where none is and the last has been out for long."""
    for organisation in Organisation.objects.all():
        newest = sealing.newest_seal(organisation)
        for target in targets() if newest else ():
            if newest and _is_due(organisation, target, now):
                HeadExport.objects.get_or_create(
                    seal=newest, target=target, defaults={"next_attempt_at": now}
                )


def _is_due(organisation: Organisation, target: str, now: datetime) -> bool:
    own = HeadExport.objects.filter(seal__organisation=organisation, target=target)
    last = own.aggregate(at=Max("exported_at"))["at"]
    is_long_ago = last is None or last + timedelta(minutes=settings.HEADS_EVERY_MINUTES) <= now
    return is_long_ago and not own.filter(exported_at=None).exists()


def _take(now: datetime) -> HeadExport | None:
    due = HeadExport.objects.free(now).filter(exported_at=None, target__in=targets())
    return leases.take(due.select_related("seal__organisation", "seal__previous").order_by("pk"), now)


def _deliver(row: HeadExport) -> bool:
    """Whether it is out. Where the note of that is lost, it goes out twice, which harms nobody."""
    now = timezone.now()
    try:
        _WAYS[row.target](row.seal)
    except SenderError as error:
        log.warning("head not exported", export=row.pk, target=row.target, error=str(error))
        leases.postpone(row, error, now)
        return False
    leases.put_back(row, exported_at=timezone.now(), last_error="")
    return True


def to_file(seal: Seal) -> None:
    """Append a line to the organisation's file, and be sure that it is on the disk."""
    path = Path(settings.HEADS_FOLDER) / f"{seal.organisation.slug}.jsonl"
    try:
        path.parent.mkdir(exist_ok=True)
        is_new = not path.exists()
        with path.open("ab+") as file:
            # After a crash the last line may be half a line: begin a new one.
            is_broken = file.tell() > 0 and _last_byte(path) != b"\n"
            file.write(b"\n" * is_broken + SignedHead.of(seal).line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _sync_folder(path.parent)
    except OSError as error:
        raise SenderError(f"The folder could not be written: {error.strerror}", outage=True) from None


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def _client() -> httpx.Client:
    # In all shorter than a lease. This machine itself is never reached through a proxy.
    direct = {"all://127.0.0.1": None, "all://localhost": None}
    return httpx.Client(timeout=httpx.Timeout(8.0, connect=3.0, pool=1.0), mounts=direct)


def to_webhook(seal: Seal) -> None:
    """POST the same JSON; any 2xx means that it is kept."""
    headers = {"Content-Type": "application/json"}
    try:
        answer = _client().post(settings.HEADS_WEBHOOK, content=SignedHead.of(seal).line, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise SenderError(f"No answer: {type(error).__name__}", outage=True) from None
    if not answer.is_success:
        raise SenderError(f"The webhook answered {answer.status_code}.", outage=True)


_WAYS: dict[str, Callable[[Seal], None]] = {Target.FILE: to_file, Target.WEBHOOK: to_webhook}


def overdue(now: datetime) -> QuerySet[Seal]:
    """Heads that should have been out for long."""
    return Seal.objects.filter(
        exports__exported_at=None,
        exports__target__in=targets(),
        sealed_at__lt=now - OVERDUE,
    ).distinct()
