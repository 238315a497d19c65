"""What became of messages that were sent: delivery, failure, and a platform's own stop."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from channels_capture.base import Status
from optins.consent import desired, identity
from optins.models import CaptureChannel, Contact, ContactIdentifier, OutboundMessage, SenderContact

MARKETING_STOPPED = 131050  # the person stopped marketing from this number, in WhatsApp itself
UNDELIVERABLE = 131026  # reachability; it says nothing about consent
_STATES = {"sent": "sent", "delivered": "delivered", "read": "delivered", "failed": "failed"}


def note(channel: CaptureChannel, status: Status, received_at: datetime) -> None:
    """Note a status; none of them is consent, and only the marketing stop is a stop."""
    at = min(status.occurred_at or received_at, received_at)
    state = _STATES.get(status.state)
    if state:
        sent = OutboundMessage.objects.filter(sender=channel.sender, vendor_id=status.vendor_id)
        # A late "sent" does not undo "delivered".
        sent.filter(state="sent").exclude(state=state).update(state=state)
    contacts = identity.find(channel.organisation, status.identifiers)
    if MARKETING_STOPPED in status.error_codes:
        for contact in contacts:
            _stop_marketing(channel, contact, at)
    if UNDELIVERABLE in status.error_codes:
        values = [identifier.value for identifier in status.identifiers]
        reached = ContactIdentifier.objects.filter(contact__in=contacts, value__in=values)
        reached.filter(Q(last_failed_at=None) | Q(last_failed_at__lt=at)).update(last_failed_at=at)


def _stop_marketing(channel: CaptureChannel, contact: Contact, at: datetime) -> None:
    there = SenderContact.objects.filter(sender=channel.sender, contact=contact)
    if not there.exists():
        desired.refresh(contact, timezone.now())  # a sender that is younger than the contact's last act
    there.filter(Q(marketing_stopped_at=None) | Q(marketing_stopped_at__lt=at)).update(
        marketing_stopped_at=at
    )
