"""Celery tasks of the channels: they find their work in the database and keep none of their own."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from channels_capture import intake
from optins.models import InboundDelivery
from optins.sync import leases

_LEASE = timedelta(minutes=2)
_BATCH = 50


@shared_task
def process_waiting() -> int:
    """Process deliveries that an earlier attempt could not; returns how many were taken up."""
    taken = 0
    while taken < _BATCH and (delivery := _take()):
        intake.process(delivery, timezone.now())
        taken += 1
    return taken


def _take() -> InboundDelivery | None:
    now = timezone.now()
    due = InboundDelivery.objects.due(now).select_related("channel__organisation", "channel__sender")
    return leases.take(due, now, _LEASE)
