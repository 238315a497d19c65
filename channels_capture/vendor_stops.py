"""Marketing stops that a platform reports of its own accord, without a message of the person.

A platform's mistake could stop everybody at once. So what comes in a burst is parked: it denies marketing all
the same, and staff decide whether it stays. What people write themselves is never parked, however many do.
"""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from optins.consent import desired
from optins.models import CaptureChannel, Contact, Sender, SenderContact

MOST = 50  # by one sender
WITHIN = timedelta(hours=1)
_STOPPED, _PARKED, _RESUMED = "marketing_stopped_at", "marketing_stop_parked_at", "marketing_resumed_at"


def stop(channel: CaptureChannel, contact: Contact, at: datetime) -> None:
    """Marketing stops at this sender. A maximum, so neither order nor repetition matters."""
    rows = _row(channel, contact)
    known = rows.filter(Q(**{f"{_STOPPED}__gte": at}) | Q(**{f"{_PARKED}__gte": at}))
    if channel.sender is None or known.exists():
        return
    rows.update(**{_PARKED if _is_a_burst(channel.sender, at) else _STOPPED: at})


def resume(channel: CaptureChannel, contact: Contact, at: datetime) -> None:
    """It lifts the platform's own stop alone, and grants nothing."""
    rows = _row(channel, contact)
    rows.filter(Q(**{_RESUMED: None}) | Q(**{f"{_RESUMED}__lt": at})).update(**{_RESUMED: at})


def _row(channel: CaptureChannel, contact: Contact) -> QuerySet[SenderContact]:
    there = SenderContact.objects.filter(sender=channel.sender, contact=contact)
    if not there.exists():
        desired.refresh(contact, timezone.now())  # a sender that is younger than the contact's last act
    return there


def _is_a_burst(sender: Sender, at: datetime) -> bool:
    near = (at - WITHIN, at + WITHIN)
    rows = SenderContact.objects.filter(sender=sender)
    found = (rows.filter(**{f"{field}__range": near}).values("pk")[:MOST] for field in (_STOPPED, _PARKED))
    return sum(map(len, found)) >= MOST
