"""What became of messages that were sent: delivery, failure, and a platform's own stop."""

from datetime import datetime

from django.utils import timezone

from channels_capture import referrals, vendor_stops
from channels_capture.base import Message, Preference, Status
from channels_capture.replies import Replies
from channels_capture.situation import Reader
from optins.consent import identity, locking, reach
from optins.models import CaptureChannel, OutboundMessage, Purpose

MARKETING_STOPPED = 131050  # the person stopped marketing from this number, in WhatsApp itself
UNDELIVERABLE = 131026  # reachability; it says nothing about consent
_STATES = {"sent": "sent", "delivered": "delivered", "read": "delivered", "failed": "failed"}


def note(channel: CaptureChannel, status: Status, received_at: datetime) -> None:
    """Note a status; none of them is consent, and only the marketing stop is a stop."""
    at = min(status.occurred_at or received_at, received_at)
    state = _STATES.get(status.state)
    if state:
        _ask_after_an_answer(channel, status, at)
        sent = OutboundMessage.objects.filter(sender=channel.sender, vendor_id=status.vendor_id)
        # A late "sent" does not undo "delivered".
        sent.filter(state="sent").exclude(state=state).update(state=state)
    contacts = identity.find(channel.organisation, status.identifiers)
    if MARKETING_STOPPED in status.error_codes:
        vendor_stops.report(channel, status.identifiers, at, stops=True)
    if UNDELIVERABLE in status.error_codes:
        held = locking.hold(channel.organisation, status.identifiers)
        reach.failed(held.contacts, status.identifiers, at)
    if state == "delivered":
        reach.delivered(contacts, status.identifiers, at)


def prefer(channel: CaptureChannel, preference: Preference, received_at: datetime) -> None:
    """Marketing stopped or resumed in WhatsApp itself: at this sender alone."""
    at = min(preference.occurred_at or received_at, received_at)
    vendor_stops.report(channel, preference.identifiers, at, stops=preference.stops)


def _ask_after_an_answer(channel: CaptureChannel, status: Status, at: datetime) -> None:
    """Somebody who came by an ad has been answered by whoever runs the chat: now they may be asked.

    A campaign's message that happens to arrive is no answer. Where the status does not say what it was, they
    are asked when they write again.
    """
    now = timezone.now()
    is_answer = status.is_free_form and status.state in ("sent", "delivered")
    if (
        not is_answer
        or not referrals.wait_for_an_answer(channel.organisation, status.identifiers, since=at, now=now)
        or OutboundMessage.objects.filter(sender=channel.sender, vendor_id=status.vendor_id).exists()
    ):
        return
    message = Message(id=status.vendor_id, identifiers=status.identifiers, occurred_at=at)
    known = Reader(channel, message, at, now).read()
    purposes = [
        p
        for p in Purpose.objects.filter(organisation=channel.organisation)
        if p.key in known.situation.ad_purposes
    ]
    if known.ad and purposes:
        replies = Replies(channel, message, language=known.language, sent_at=at, now=now)
        replies.ask("consent", tuple(purposes), known.ad, prompted_at=known.ad.asked_at)
