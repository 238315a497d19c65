"""What became of messages that were sent: delivery, failure, and a platform's own stop."""

from datetime import datetime

from django.db.models import Q

from channels_capture.base import Status
from optins.consent import identity
from optins.models import CaptureChannel, ContactIdentifier, OutboundMessage, SenderContact

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
    if status.error_code == MARKETING_STOPPED and channel.sender:
        SenderContact.objects.filter(
            Q(marketing_stopped_at=None) | Q(marketing_stopped_at__lt=at),
            sender=channel.sender,
            contact__in=contacts,
        ).update(marketing_stopped_at=at)
    if status.error_code == UNDELIVERABLE:
        ContactIdentifier.objects.filter(contact__in=contacts, scheme="wa_id").update(last_failed_at=at)
