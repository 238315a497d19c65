"""Celery tasks: they take nothing, find their work in the database, and are safe to run twice or never."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from optins.consent import desired
from optins.models import ApiIdempotency, ConsentRequest, Contact, InboundDelivery, OutboundMessage
from optins.sync.drain import drain

log = structlog.get_logger(__name__)
DELIVERIES_KEPT = timedelta(days=14)
TYPED_NUMBERS_KEPT = timedelta(days=30)
ANSWERS_KEPT = timedelta(days=30)


@shared_task
def sync_senders() -> int:
    """Bring every sender in step; returns the calls made."""
    return drain()


def nudge() -> None:
    """Let a worker look now and not at the next tick; without a broker the timetable finds the work."""
    try:
        sync_senders.apply_async(expires=5, retry=False)
    except (OperationalError, OSError):
        log.warning("no broker: the timetable will do it")


@shared_task
def recompute_desired() -> int:
    """What time has changed: consent that ran out, a major change of wording. Returns the rows changed."""
    now = timezone.now()
    changed = 0
    contacts = Contact.objects.filter(at_senders__desired__opted_in=True, erased_at=None).distinct()
    for contact in contacts.iterator(chunk_size=500):
        if not desired.desired_for(contact, now)["opted_in"]:
            with transaction.atomic():
                Contact.objects.select_for_update().get(pk=contact.pk)
                desired.refresh(contact, now)
            changed += 1
    return changed


@shared_task
def remove_outdated() -> None:
    """Remove what is no longer needed: raw webhooks, sent replies, typed numbers, old API answers."""
    now = timezone.now()
    InboundDelivery.objects.filter(received_at__lt=now - DELIVERIES_KEPT).exclude(state="waiting").delete()
    OutboundMessage.objects.filter(created_at__lt=now - DELIVERIES_KEPT).exclude(state="waiting").delete()
    ConsentRequest.objects.filter(expires_at__lt=now - TYPED_NUMBERS_KEPT).exclude(typed_number="").update(
        typed_number=""
    )
    ApiIdempotency.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()
