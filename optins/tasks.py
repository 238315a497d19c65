"""Celery tasks: they take nothing, find their work in the database, and are safe to run twice or never."""

from datetime import datetime, timedelta
from time import monotonic

import structlog
from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from optins.consent import desired
from optins.imports import tasks as imports
from optins.models import (
    ApiIdempotency,
    ConsentRequest,
    Contact,
    InboundDelivery,
    Organisation,
    OutboundMessage,
)
from optins.sync.drain import drain

log = structlog.get_logger(__name__)
DELIVERIES_KEPT = timedelta(days=14)
TYPED_NUMBERS_KEPT = timedelta(days=30)
ANSWERS_KEPT = timedelta(days=30)
BROKER_LEFT_ALONE = 30.0  # seconds: finding out that it does not answer takes some, in somebody's request


@shared_task
def sync_senders() -> int:
    """Bring every sender in step; returns the rows dealt with."""
    return drain()


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
def remove_outdated() -> None:
    """Remove what is no longer needed: raw webhooks, replies, typed numbers, old API answers."""
    now = timezone.now()
    old = now - DELIVERIES_KEPT
    InboundDelivery.objects.filter(received_at__lt=old).exclude(state="waiting").delete()
    # A reply can wait for a sender that is switched off; when its window has closed it is of no use.
    OutboundMessage.objects.filter(~Q(state="waiting") | Q(expires_at__lt=now), created_at__lt=old).delete()
    ConsentRequest.objects.filter(expires_at__lt=now - TYPED_NUMBERS_KEPT).exclude(typed_number="").update(
        typed_number=""
    )
    for organisation in Organisation.objects.all():
        kept = timedelta(days=organisation.ip_kept_days)
        requests = organisation.requests.exclude(client_address="")
        requests.filter(created_at__lt=now - kept).update(client_address="")
    ApiIdempotency.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()
    imports.forget_files(now)
