"""Webhooks: verify, store, then process. The vendor is told 200 only after the first commit."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F

from channels_capture import conversation, registry, statuses
from channels_capture.base import Adapter, Message, Parsed, Unreadable
from optins.consent import digests, erasure, suppressions
from optins.consent.recording import hold
from optins.models import CaptureChannel, InboundDelivery, InboundMessage

log = structlog.get_logger(__name__)
# What stays with a delivery: enough to parse it again, and what the vendor says about it.
_KEPT_HEADERS = ("Content-Type", "X-Turn-Hook-Subscription", "X-Turn-Claim", "X-Turn-Event", "X-Whatsapp-Id")
_MOST_ATTEMPTS = 20
_LONGEST_WAIT = timedelta(hours=1)
_WORKER_WAITS = timedelta(seconds=30)
State = InboundDelivery.State


def is_genuine(channel: CaptureChannel, adapter: Adapter, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the provider signed it; what it did not is counted, and nothing of it is kept."""
    if adapter.verify(body, headers, channel.secret):
        return True
    CaptureChannel.objects.filter(pk=channel.pk).update(refused_count=F("refused_count") + 1)
    return False


def store(channel: CaptureChannel, body: bytes, headers: Mapping[str, str], now: datetime) -> InboundDelivery:
    """Commit one: from here on nothing is lost."""
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    return InboundDelivery.objects.create(
        # The request itself processes it first; the worker comes only if it did not.
        channel=channel,
        body=body,
        headers=kept,
        received_at=now,
        next_attempt_at=now + _WORKER_WAITS,
    )


def process(delivery: InboundDelivery, now: datetime) -> None:
    """Commit two, one for each message in it. What fails stays, is tried again and shown to staff.

    Nothing stays of somebody who is erased: the words of an older message, or what became of the last reply.
    """
    _process(delivery, now)
    with transaction.atomic():
        erasure.forget_delivery(delivery, _scope(delivery.channel))


def _process(delivery: InboundDelivery, now: datetime) -> None:
    adapter = registry.adapter_of(delivery.channel)
    if adapter is None:
        _failed(delivery, "No such kind or provider any more.", final=True, now=now)
        return
    try:
        parsed = adapter.parse(bytes(delivery.body), delivery.headers, _scope(delivery.channel))
    except Unreadable as error:
        _failed(delivery, str(error), final=True, now=now)
        return
    except Exception as error:  # ours to mend: it stays, and is read again once it is
        log.exception("delivery not read", delivery=delivery.pk)
        _failed(delivery, type(error).__name__, final=delivery.attempts + 1 >= _MOST_ATTEMPTS, now=now)
        return
    problems = _process_all(delivery, adapter, parsed, now)
    if problems:
        _failed(delivery, problems[0], final=delivery.attempts + 1 >= _MOST_ATTEMPTS, now=now)
        return
    delivery.state, delivery.last_error, delivery.leased_until = State.DONE, "", None
    delivery.save(update_fields=["state", "last_error", "leased_until"])


def _scope(channel: CaptureChannel) -> str:
    return channel.sender.bsuid_scope if channel.sender else ""


def _process_all(delivery: InboundDelivery, adapter: Adapter, parsed: Parsed, now: datetime) -> list[str]:
    """Each message by itself, so that one that cannot be processed holds up no other."""
    work = [partial(process_message, delivery, adapter, message, now) for message in parsed.messages]
    work += [partial(statuses.note, delivery.channel, s, delivery.received_at) for s in parsed.statuses]
    problems = []
    for item in work:
        try:
            with transaction.atomic():
                item()
        except Exception as error:  # whatever it is: keep the delivery, tell staff, go on with the next
            log.exception("message not processed", delivery=delivery.pk)
            problems.append(type(error).__name__)
    return problems


def process_message(delivery: InboundDelivery, adapter: Adapter, message: Message, now: datetime) -> None:
    """Process a message once: its row and everything it leads to are one transaction."""
    channel = delivery.channel
    key = digests.keyed(channel.organisation, "message", channel.public_id, message.id)
    occurred_at = min(message.occurred_at or delivery.received_at, delivery.received_at)
    row, is_new = InboundMessage.objects.get_or_create(
        channel=channel,
        dedup_key=key,
        defaults={"delivery": delivery, "occurred_at": occurred_at, "outcome": "processing"},
    )
    if not is_new:
        return
    row.outcome = _outcome(delivery, adapter, message, occurred_at, now)
    row.save(update_fields=["outcome"])


def _outcome(
    delivery: InboundDelivery, adapter: Adapter, message: Message, occurred_at: datetime, now: datetime
) -> str:
    """What became of it; what is older than the erasure of whoever wrote it is dropped, whole."""
    channel, received_at = delivery.channel, delivery.received_at
    # An erasure that is at work ends first, or waits for the end of this.
    hold(channel.organisation, message.identifiers)
    try:
        suppressions.refuse_older(channel.organisation, message.identifiers, occurred_at)
        with transaction.atomic():
            return conversation.handle(
                channel, message, received_at=received_at, now=now, scheme=adapter.scheme
            )
    except suppressions.ErasedSince:
        return "dropped"


def _failed(delivery: InboundDelivery, problem: str, *, final: bool, now: datetime) -> None:
    delivery.state = State.FAILED if final else State.WAITING
    delivery.attempts += 1
    delivery.last_error = problem[:300]
    delivery.leased_until = None
    delivery.next_attempt_at = now + min(timedelta(seconds=5 * 2**delivery.attempts), _LONGEST_WAIT)
    try:
        delivery.save(update_fields=["state", "attempts", "last_error", "leased_until", "next_attempt_at"])
    except DatabaseError:
        # It is stored and waiting as it was: the worker will come back to it.
        log.exception("delivery not updated", delivery=delivery.pk)
