"""A changed number: what was agreed to for the old one ends, and the person is asked anew at the new one."""

from datetime import datetime

from channels_capture.base import Adapter, Message, Move
from channels_capture.replies import Replies
from optins.consent import desired, gate, identity, strangers, texts
from optins.consent.gate import Reason
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, Identifier, Scheme
from optins.models import CaptureChannel, ConsentEvent, Contact, ContactIdentifier, Purpose

# What these say of the new number: it was stopped there, or needs no asking.
_SETTLED = {
    Reason.CONSENT,
    Reason.ERASED,
    Reason.INVALIDATED,
    Reason.MARKETING_STOPPED,
    Reason.REFUSED,
    Reason.STOPPED_AT_SENDER,
    Reason.SUPPRESSED,
    Reason.WITHDRAWN,
}


def note(
    channel: CaptureChannel, move: Move, *, received_at: datetime, now: datetime, adapter: Adapter
) -> str:
    """End consent for the old identifiers, in the caller's transaction; returns what became of it, in a word.

    Whoever has the old number next has agreed to nothing, and the new one has proved nothing yet.
    """
    at = min(move.occurred_at or received_at, received_at)
    outcome = "left_alone"
    for contact in identity.find(channel.organisation, move.old):
        if _has_number_of(contact, move.new):
            continue  # another user id of the same number: it stays the same person's
        every = list(Purpose.objects.filter(organisation=channel.organisation))
        agreed = desired.allowed_purposes(contact, every, now)
        record(_signal(channel, move, contact, at, received_at, adapter), now=now)
        _ask_anew(channel, move, contact, [p for p in every if p.key in agreed], at, now)
        outcome = "moved"
    return outcome


def _has_number_of(contact: Contact, identifiers: tuple[Identifier, ...]) -> bool:
    numbers = [i.value for i in identifiers if i.scheme == Scheme.PHONE]
    rows = ContactIdentifier.objects.filter(contact=contact, scheme=Scheme.PHONE)
    return rows.filter(value__in=numbers).exists()


def _signal(
    channel: CaptureChannel,
    move: Move,
    contact: Contact,
    at: datetime,
    received_at: datetime,
    adapter: Adapter,
) -> ConsentSignal:
    return ConsentSignal(
        organisation=channel.organisation,
        contact=contact,
        kind=ConsentEvent.Kind.INVALIDATED,
        actor=ConsentEvent.Actor.PLATFORM,
        door=ConsentEvent.Door.WEBHOOK,
        connection=channel.public_id,
        id=f"{move.id}/{contact.uuid}",
        channel=channel,
        occurred_at=at,
        # A grant counts from its question's time, which is ours and may be ahead of the vendor's clock.
        not_before=identity.last_yes_of([contact]),
        received_at=received_at,
        reason=ConsentEvent.Reason.NUMBER_CHANGED,
        evidence={**move.evidence, "verified": adapter.scheme},
    )


def _ask_anew(
    channel: CaptureChannel,
    move: Move,
    contact: Contact,
    purposes: list[Purpose],
    at: datetime,
    now: datetime,
) -> None:
    """About what was agreed to before and not stopped at the new number.

    Should the window be closed there, nothing is lost: START asks.
    """
    there = identity.find(channel.organisation, move.new)
    purposes = [purpose for purpose in purposes if _may_ask_about(purpose, channel, move, there, now)]
    language = contact.language or next(iter(channel.organisation.languages), texts.DEFAULT)
    message = Message(id=move.id, identifiers=move.new, occurred_at=at)
    if purposes:
        replies = Replies(channel, message, language=language, sent_at=at, now=now)
        replies.ask("consent", tuple(purposes), None, prompted_at=at)


def _may_ask_about(
    purpose: Purpose, channel: CaptureChannel, move: Move, there: list[Contact], now: datetime
) -> bool:
    if not there:
        is_marketing = purpose.category == Purpose.Category.MARKETING
        if is_marketing and channel.sender and strangers.have_stopped(channel.sender, move.new):
            return False
        return gate.unknown(channel.organisation, move.new, purpose) not in _SETTLED
    reasons = {gate.reason_for(contact, channel.sender, purpose, now) for contact in there}
    return reasons.isdisjoint(_SETTLED)
