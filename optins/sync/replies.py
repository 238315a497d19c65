"""Sending the replies that wait as rows. A refused one never blocks consent."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from optins.models import OutboundMessage, Sender
from optins.senders.base import Limit, Platform, SenderError

State = OutboundMessage.State


def due(sender: Sender, now: datetime) -> QuerySet[OutboundMessage]:
    return OutboundMessage.objects.due(now).filter(sender=sender)


def send(platform: Platform, sender: Sender, message: OutboundMessage) -> Limit | None:
    if message.expires_at <= timezone.now():
        raise SenderError("The window closed before it could be sent.", permanent=True)
    outcome = platform.send(sender, message)
    _close(message, state=State.SENT, vendor_id=outcome.vendor_id[:200], sent_at=timezone.now())
    return outcome.limit


def fail(message: OutboundMessage, problem: str) -> None:
    _close(message, state=State.FAILED, last_error=problem[:300])


def _close(message: OutboundMessage, **values: object) -> None:
    OutboundMessage.objects.filter(pk=message.pk, state=State.WAITING).update(leased_until=None, **values)
