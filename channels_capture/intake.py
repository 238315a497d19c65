"""Webhooks: verify, store, then process. The vendor is told 200 only after the first commit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import DatabaseError, transaction
from django.db.models import F

from channels_capture import accounts, conversation, met, moved, registry, replies, statuses
from channels_capture.base import QUERY, Adapter, Arrival, Incoming, Message, Move, Parsed, Said, Unreadable
from optins.consent import erasure, identity, locking, suppressions
from optins.consent.signal import Identifier
from optins.models import CaptureChannel, InboundDelivery, InboundMessage
from optins.models.base import insert_new

log = structlog.get_logger(__name__)
# What stays with a delivery: enough to parse it again, and what the vendor says about it.
_KEPT_HEADERS = ("Content-Type", "X-Turn-Hook-Subscription", "X-Turn-Fallback-Channel", "X-Turn-Claim",
                 "X-Turn-Event", "X-Whatsapp-Id")  # fmt: skip
_MOST_ATTEMPTS = 20
_LONGEST_WAIT = timedelta(hours=1)
_WORKER_WAITS = timedelta(seconds=30)
State = InboundDelivery.State


def is_genuine(channel: CaptureChannel, adapter: Adapter, incoming: Incoming) -> bool:
    """Whether the provider sent it; what it did not is counted, and nothing of it is kept."""
    if adapter.verify(incoming, channel.secret):
        return True
    CaptureChannel.objects.filter(pk=channel.pk).update(refused_count=F("refused_count") + 1)
    return False


def store(channel: CaptureChannel, incoming: Incoming) -> InboundDelivery:
    """Commit one: from here on nothing is lost."""
    kept = {name: incoming.headers[name] for name in _KEPT_HEADERS if name in incoming.headers}
    if incoming.query and incoming.body:
        kept[QUERY] = incoming.query.decode("ascii", "replace")
    return InboundDelivery.objects.create(
        # The request itself processes it first; the worker comes only if it did not.
        channel=channel,
        body=accounts.own_part(channel, incoming.content),
        headers=kept,
        received_at=incoming.at,
        next_attempt_at=incoming.at + _WORKER_WAITS,
    )


def process(delivery: InboundDelivery, now: datetime, *, may_answer: bool = False) -> list[Said]:
    """Commit two, one for each message in it. What fails stays, is tried again and shown to staff.

    Nothing stays of somebody who is erased: the words of an older message, or what became of the last reply.
    ``may_answer``: replies go into the answer to the webhook; returns them, also those of an earlier time,
    for a provider repeats what it heard no answer to.
    """
    work = _Work(delivery, now, may_answer=may_answer)
    _process(work)
    said = replies.said_inline(delivery.channel, work.keys, now) if may_answer else []
    if suppressions.any_erased(delivery.channel.organisation):
        with transaction.atomic():
            erasure.forget_delivery(delivery, work.scope)
    return said


class _Work:
    """One delivery in hand: what it is, when it is looked at, and the keys of the messages in it."""

    def __init__(self, delivery: InboundDelivery, now: datetime, *, may_answer: bool) -> None:
        self.delivery, self.now, self.may_answer = delivery, now, may_answer
        self.channel, self.received_at = delivery.channel, delivery.received_at
        self.scope = self.channel.sender.bsuid_scope if self.channel.sender else ""
        self.keys: list[str] = []

    def failed(self, problem: str, *, final: bool) -> None:
        _failed(self.delivery, problem, final=final, now=self.now)

    def done(self) -> None:
        delivery = self.delivery
        delivery.state, delivery.last_error, delivery.leased_until = State.DONE, "", None
        delivery.save(update_fields=["state", "last_error", "leased_until"])

    @property
    def is_last_try(self) -> bool:
        return self.delivery.attempts + 1 >= _MOST_ATTEMPTS


def _process(work: _Work) -> None:
    delivery = work.delivery
    adapter = registry.adapter_of(work.channel)
    if adapter is None:
        work.failed("No such kind or provider any more.", final=True)
        return
    try:
        parsed = adapter.parse(bytes(delivery.body), delivery.headers, work.scope)
    except Unreadable as error:
        work.failed(str(error), final=True)
        return
    except Exception as error:  # ours to mend: it stays, and is read again once it is
        log.exception("delivery not read", delivery=delivery.pk)
        work.failed(type(error).__name__, final=work.is_last_try)
        return
    if problems := _process_all(work, adapter, parsed):
        work.failed(problems[0], final=work.is_last_try)


def _process_all(work: _Work, adapter: Adapter, parsed: Parsed) -> list[str]:
    """Each message by itself, so that one that cannot be processed holds up no other.

    The last one's transaction is also that in which the delivery is done, unless anything failed.
    """
    channel, received_at = work.channel, work.received_at
    named = [_with_id(work, place, message) for place, message in enumerate(parsed.messages)]
    todo: list[Callable[[], None]] = [partial(process_message, work, adapter, message) for message in named]
    todo += [partial(_process_move, work, adapter, move) for move in parsed.moves]
    todo += [partial(statuses.prefer, channel, each, received_at) for each in parsed.preferences]
    todo += [partial(statuses.note, channel, each, received_at) for each in parsed.statuses]
    problems: list[str] = []
    for place, item in enumerate(todo or [_nothing], start=1):
        is_last = place >= len(todo) and not problems
        try:
            locking.begun_anew(partial(_carry_out, item, work.done if is_last else _nothing))
        except Exception as error:  # whatever it is: keep the delivery, tell staff, go on with the next
            log.exception("message not processed", delivery=work.delivery.pk)
            problems.append(type(error).__name__)
    return problems


def _carry_out(item: Callable[[], None], then: Callable[[], None]) -> None:
    item()
    then()


def _nothing() -> None:
    """A delivery may be empty."""


def _with_id(work: _Work, place: int, message: Message) -> Message:
    """A message without an id of the vendor's is that of its delivery: two of them are never one."""
    if message.is_daily:
        return replace(message, id=f"{message.id}/{work.received_at:%Y-%m-%d}")
    return message if message.id else replace(message, id=f"delivery/{work.delivery.pk}/{place}")


def process_message(work: _Work, adapter: Adapter, message: Message) -> None:
    """Process a message once: its row and everything it leads to are one transaction."""

    talk = registry.talk_of(work.channel)

    def act(key: str, held: locking.Held) -> str:
        arrival = Arrival(work.channel, message, adapter, work.received_at, work.now, held)
        if talk:
            return talk.handle(arrival)
        return conversation.handle(arrival, inline=key if work.may_answer else "")

    _once(work, message, message.identifiers, act)


def _process_move(work: _Work, adapter: Adapter, move: Move) -> None:
    """The same for what the platform says of somebody's identifiers."""

    def act(_key: str, _held: locking.Held) -> str:
        return moved.note(work.channel, move, received_at=work.received_at, now=work.now, adapter=adapter)

    _once(work, move, (*move.old, *move.new), act)


def _once(
    work: _Work,
    item: Message | Move,
    identifiers: tuple[Identifier, ...],
    act: Callable[[str, locking.Held], str],
) -> None:
    channel = work.channel
    key = met.key_of(channel, item.id)
    work.keys.append(key)
    occurred_at = min(item.occurred_at or work.received_at, work.received_at)
    row = InboundMessage(
        channel=channel, dedup_key=key, delivery=work.delivery, occurred_at=occurred_at, outcome="processing"
    )
    if insert_new([row]):
        row.outcome = _outcome(channel, identifiers, occurred_at, partial(act, key))
        row.save(update_fields=["outcome"])


def _outcome(
    channel: CaptureChannel,
    identifiers: tuple[Identifier, ...],
    occurred_at: datetime,
    act: Callable[[locking.Held], str],
) -> str:
    """What became of it; what is older than the erasure of whoever wrote it is dropped, whole."""
    # An erasure that is at work ends first, or waits for the end of this.
    held = locking.hold(channel.organisation, identifiers)
    try:
        suppressions.refuse_older(held.suppressions, occurred_at)
    except suppressions.ErasedSince:
        return "dropped"
    try:
        return act(held)
    except suppressions.ErasedSince as error:
        raise identity.Changed from error  # a stranger was erased while we looked: look again


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
