"""Celery tasks: they take nothing, find their work in the database, and are safe to run twice or never."""

from datetime import datetime
from time import monotonic

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from optins import erasing, retention
from optins.consent import desired, sealing
from optins.models import Contact, Organisation
from optins.sync import heads
from optins.sync.drain import drain

log = structlog.get_logger(__name__)
SEALING_TIME = 5.0  # seconds, for each organisation: the worker has other tasks as well
BROKER_LEFT_ALONE = 30.0  # seconds: finding out that it does not answer takes some, in somebody's request


@shared_task
def sync_senders() -> int:
    """Bring every sender in step; returns the rows dealt with."""
    return drain()


@shared_task
def seal_ledgers() -> int:
    """Seal what was recorded lately; returns the events."""
    return sum(sealing.seal_for(each, SEALING_TIME) for each in Organisation.objects.all())


@shared_task
def sweep_ledgers() -> int:
    """Seal also what took so long to commit that nobody looked for it any more."""
    return sum(sealing.seal_for(each, SEALING_TIME, sweep=True) for each in Organisation.objects.all())


@shared_task
def export_heads() -> int:
    """Put the newest heads out of this database's reach; returns those that went out."""
    return heads.export()


class _Broker:
    """What this process knows of the broker: one that failed is left alone for a while."""

    silent_until = 0.0


def nudge() -> None:
    """Let a worker look now and not at the next tick; without a broker the timetable finds the work."""
    if monotonic() < _Broker.silent_until:
        return
    try:
        sync_senders.apply_async(expires=5, retry=False)
    except Exception as error:  # whatever is wrong with the broker: nothing depends on it
        _Broker.silent_until = monotonic() + BROKER_LEFT_ALONE
        log.warning("no broker: the timetable will do it", error=type(error).__name__)


@shared_task
def recompute_desired() -> int:
    """What time has changed: consent that ran out, changed wording. Returns the contacts changed."""
    now = timezone.now()
    told_yes = Contact.objects.filter(at_senders__desired__opted_in=True, erased_at=None)
    contacts = list(told_yes.values_list("pk", flat=True).distinct())
    return sum(_recompute(contact_id, now) for contact_id in contacts)


@transaction.atomic
def _recompute(contact_id: int, now: datetime) -> bool:
    contact = Contact.objects.get(pk=contact_id)
    if desired.desired_for(contact, now)["opted_in"]:
        return False
    # Under the lock it is computed again: the person may have acted in this very moment.
    Contact.objects.select_for_update().get(pk=contact_id)
    desired.refresh(contact, now)
    return True


@shared_task
def finish_erasures() -> int:
    """Let go of the last of each erased person whose senders have been told; returns how many ended."""
    return erasing.finish_all(timezone.now())


@shared_task
def remove_outdated() -> None:
    """Remove what is no longer needed."""
    retention.remove_outdated(timezone.now())
