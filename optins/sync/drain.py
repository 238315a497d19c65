"""Closing the differences: what each sender should hold against what it was last told.

State is synced, not events: a lost task, a dead broker or a crash loses nothing, because the difference
is still there. Safe to run twice, at the same time, or never.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.utils import timezone

from optins.models import ContactIdentifier, OutboundMessage, Sender, SenderContact
from optins.senders import platform_of
from optins.senders.base import Outcome, Platform, RateLimited, SenderError
from optins.sync import buckets, leases

log = structlog.get_logger(__name__)
Lane = SenderContact.Lane
_MOST_PER_RUN = 500


def drain() -> int:
    """Work for every active sender until nothing is due or its limits say wait; returns the calls made."""
    return sum(drain_sender(sender) for sender in Sender.objects.filter(is_active=True))


def drain_sender(sender: Sender) -> int:
    """Withdrawals before everything else, then replies, then grants."""
    try:
        platform = platform_of(sender)
    except LookupError:
        log.error("sender has no such platform", sender=sender.pk)
        return 0
    done = 0
    while done < _MOST_PER_RUN and (step := _next_step(sender, platform)):
        step()
        done += 1
    return done


def _next_step(sender: Sender, platform: Platform) -> Callable[[], None] | None:
    now = timezone.now()
    for lanes, bucket in (((Lane.WITHDRAWAL,), platform.push_bucket), (None, platform.message_bucket),
                          ((Lane.GRANT, Lane.BACKFILL), platform.push_bucket)):  # fmt: skip
        # A reply may use what is kept in its own bucket: it answers somebody, often about a stop.
        lane = lanes[0] if lanes else Lane.WITHDRAWAL
        if not buckets.has_room(sender, bucket, lane, now):
            continue
        if lanes is None:
            message = leases.take(OutboundMessage.objects.due(now).filter(sender=sender), now)
            if message:
                return lambda m=message: _send(sender, platform, m, now)  # type: ignore[misc]
            continue
        row = leases.take(SenderContact.objects.due(now).filter(sender=sender, lane__in=lanes), now)
        if row:
            return lambda r=row: _push(sender, platform, r, now)  # type: ignore[misc]
    return None


def _push(sender: Sender, platform: Platform, row: SenderContact, now: datetime) -> None:
    address = address_of(row)
    if not address:
        _park(row, "It has no WhatsApp number and no BSUID of this sender.", now)
        return
    try:
        outcome = platform.push(sender, address, row.desired)
    except RateLimited as error:
        _paused(sender, row, error)
    except SenderError as error:
        if error.permanent:
            _park(row, str(error), now)
        else:
            leases.postpone(row, error, now)
    else:
        buckets.note(sender, outcome.limit)
        _pushed(row, outcome)


def _pushed(row: SenderContact, outcome: Outcome) -> None:
    """It was told exactly this version; if there is a newer one by now, the row is still due."""
    SenderContact.objects.filter(pk=row.pk).update(
        pushed=row.desired,
        pushed_version=row.version,
        pushed_at=timezone.now(),
        observed=dict(outcome.observed) or None,
        attempts=0,
        last_error="",
        leased_until=None,
    )


def _park(row: SenderContact, problem: str, now: datetime) -> None:
    """The platform refuses it for good: staff decide. A new change makes it due again."""
    log.error("push parked", sender=row.sender_id, contact=row.contact_id, lane=row.lane)
    SenderContact.objects.filter(pk=row.pk, version=row.version).update(
        parked_at=now, last_error=problem[:300], leased_until=None
    )


def _paused(sender: Sender, row: SenderContact | OutboundMessage, error: RateLimited) -> None:
    until = error.retry_at or timezone.now()
    buckets.pause(sender, error.bucket, until)
    leases.give_back(row, next_attempt_at=until)


def _send(sender: Sender, platform: Platform, message: OutboundMessage, now: datetime) -> None:
    if message.expires_at <= now:
        _close(message, OutboundMessage.State.FAILED, "The window closed before it could be sent.")
        return
    try:
        outcome = platform.send(sender, message)
    except RateLimited as error:
        _paused(sender, message, error)
    except SenderError as error:
        if error.permanent:
            _close(message, OutboundMessage.State.FAILED, str(error))
        else:
            leases.postpone(message, error, now)
    else:
        buckets.note(sender, outcome.limit)
        _close(message, OutboundMessage.State.SENT, "", vendor_id=outcome.vendor_id)


def _close(message: OutboundMessage, state: str, problem: str, vendor_id: str = "") -> None:
    OutboundMessage.objects.filter(pk=message.pk).update(
        state=state,
        vendor_id=vendor_id[:200],
        last_error=problem[:300],
        leased_until=None,
        sent_at=timezone.now() if not problem else None,
    )


def address_of(row: SenderContact) -> str:
    """How this sender addresses the contact: the platform's own id, else the number, else the BSUID."""
    scheme = ContactIdentifier.Scheme
    values = {
        identifier.scheme: identifier.value
        for identifier in ContactIdentifier.objects.filter(
            contact=row.contact_id, scope__in=["", row.sender.bsuid_scope]
        ).order_by("-pk")
    }
    phone = values.get(scheme.PHONE, "").removeprefix("+")
    return values.get(scheme.WA_ID) or phone or values.get(scheme.WA_BSUID, "")
