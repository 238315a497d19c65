"""Telling a sender what it should hold about a contact."""

from datetime import datetime, timedelta

import structlog
from django.db.models import F, QuerySet
from django.utils import timezone

from optins.consent import addresses
from optins.models import Sender, SenderContact
from optins.senders.base import Limit, Outcome, Platform, SenderError
from optins.sync import leases

log = structlog.get_logger(__name__)
Lane = SenderContact.Lane
# By then a call that nobody answered has come to something, or to nothing.
SETTLED_AFTER = timedelta(minutes=2)


def withdrawals(sender: Sender, now: datetime) -> QuerySet[SenderContact]:
    return SenderContact.objects.due(now).filter(sender=sender, lane=Lane.WITHDRAWAL)


def grants(sender: Sender, now: datetime) -> QuerySet[SenderContact]:
    return SenderContact.objects.due(now).filter(sender=sender).exclude(lane=Lane.WITHDRAWAL)


def push(platform: Platform, sender: Sender, row: SenderContact) -> Limit | None:
    """Tell it this version. A yes goes to one address, a no to each that may have been told a yes."""
    current = addresses.current(row)
    if not current:
        raise SenderError("It has no WhatsApp number and no BSUID of this sender.", permanent=True)
    _note_what_may_be_held(row)
    outcome = platform.push(sender, current, row.desired)
    if not row.desired["opted_in"]:
        for address in addresses.all_told(row):
            if address != current:
                platform.push(sender, address, row.desired)
    _told(row, outcome)
    return outcome.limit


def _note_what_may_be_held(row: SenderContact) -> None:
    """From here on the platform may hold this version, whether we live to hear so or not."""
    if row.unsettled_version is None:
        row.unsettled_version = row.version
        SenderContact.objects.filter(pk=row.pk).update(unsettled_version=row.version)


def _told(row: SenderContact, outcome: Outcome) -> None:
    """It was told exactly this version; if there is a newer one by now, the row is still due."""
    told = leases.held(row).update(
        pushed=row.desired,
        pushed_version=row.version,
        pushed_at=timezone.now(),
        observed=dict(outcome.observed) or None,
        attempts=0,
        last_error="",
        leased_until=None,
    )
    if not told:
        # The call outlived its lease and may have overwritten what another worker told since.
        SenderContact.objects.filter(pk=row.pk).update(version=F("version") + 1)
    elif row.unsettled_version == row.version:
        SenderContact.objects.filter(pk=row.pk).update(unsettled_version=None)
    else:
        _tell_again(row)


def _tell_again(row: SenderContact) -> None:
    """An earlier call went without an answer. It may still take effect, over what was told just now."""
    SenderContact.objects.filter(pk=row.pk, version=row.version).update(
        unsettled_version=None,
        version=F("version") + 1,
        next_attempt_at=timezone.now() + SETTLED_AFTER,
    )


def park(row: SenderContact, problem: str) -> None:
    """The platform refuses it for good: staff decide. A new change makes it due again."""
    log.error("push parked", sender=row.sender_id, contact=row.contact_id, lane=row.lane)
    leases.put_back(row, parked_at=timezone.now(), last_error=problem[:300])
