"""Recording that somebody wants no more messages, for whichever door they said so at."""

from datetime import datetime
from typing import Any

from optins.consent import identity
from optins.consent.recording import Recorded, record
from optins.consent.signal import ConsentSignal
from optins.models import ConsentEvent, Contact, Purpose


def withdraw(contact: Contact, purposes: tuple[Purpose, ...], now: datetime, **by: Any) -> Recorded:
    """Through the one door. No purposes: everything. ``by``: actor, door, id and whatever else is known."""
    signal = ConsentSignal(
        organisation=contact.organisation,
        contact=contact,
        kind=ConsentEvent.Kind.WITHDRAWN,
        purposes=purposes,
        occurred_at=now,
        received_at=now,
        # A yes counts from its question's time, up to a second ahead; this comes after it.
        not_before=identity.last_yes_of([contact]),
        reason=ConsentEvent.Reason.REQUESTED,
        is_test=contact.is_test,
        **by,
    )
    return record(signal, now=now)
