"""What a contact's record is worth now: the facts of the fold, against time, wording and settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from optins.consent.fold import fold, second
from optins.models import ConsentEvent, ConsentRecord, Contact, NoticeVersion, Purpose

# The relations of a record to fetch with it, so that judging it needs few reads.
WHAT_JUDGE_READS = (
    "purpose",
    "stop",
    *(f"{fact}__{path}" for fact in ("grant", "proof") for path in ("channel", "translation__version")),
)


class Reason(StrEnum):
    """Why the gate said what it said, in the order in which it asks."""

    UNKNOWN_PURPOSE = "unknown_purpose"
    UNKNOWN_SENDER = "unknown_sender"
    ERASED = "erased"
    SUPPRESSED = "suppressed"
    UNKNOWN_CONTACT = "unknown_contact"
    AMBIGUOUS_IDENTITY = "ambiguous_identity"
    SESSION = "session"
    WINDOW_CLOSED = "window_closed"
    MARKETING_STOPPED = "marketing_stopped"
    STOPPED_AT_SENDER = "stopped_at_sender"
    NO_RECORD = "no_record"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"
    UNCONFIRMED = "unconfirmed"
    EXPIRED = "expired"
    NOTICE_CHANGED = "notice_changed"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a record is worth now, quiet hours and senders aside."""

    reason: Reason
    event: ConsentEvent | None = None
    valid_until: datetime | None = None

    @property
    def allowed(self) -> bool:
        return self.reason == Reason.CONSENT


def standing_of(contact: Contact, purpose: Purpose, now: datetime) -> Standing:
    """What the contact's record for this purpose is worth now."""
    record = (
        ConsentRecord.objects.filter(contact=contact, purpose=purpose)
        .select_related(*WHAT_JUDGE_READS)
        .first()
    )
    if record is None:
        # A purpose that is younger than the stop: a stop of everything covers it all the same.
        stop = last_stop_of_everything(contact)
        return Standing(Reason(stop.kind), stop) if stop else Standing(Reason.NO_RECORD)
    return judge(record, purpose, now)


def judge(record: ConsentRecord, purpose: Purpose, now: datetime) -> Standing:
    """The worth of a record. Where confirmation is required the proof alone is judged."""
    if record.grant is None:
        return Standing(Reason(record.stop.kind), record.stop) if record.stop else Standing(Reason.NO_RECORD)
    if purpose.requires_confirmation:
        if record.proof is None:
            return Standing(Reason.UNCONFIRMED, record.grant)
        return _worth(record.proof, purpose, now)
    best = _worth(record.grant, purpose, now)
    if best.allowed or record.proof is None:
        return best
    proof = _worth(record.proof, purpose, now)
    return proof if proof.allowed else best


def _worth(grant: ConsentEvent, purpose: Purpose, now: datetime) -> Standing:
    """A standing grant, against what was frozen on it and against today's settings: the stricter holds."""
    ends = [grant.expires_at] if grant.expires_at else []
    if purpose.expires_after_days:
        ends.append(grant.occurred_at + timedelta(days=purpose.expires_after_days))
    expires_at = min(ends, default=None)
    if expires_at and expires_at <= now:
        return Standing(Reason.EXPIRED, grant)
    if _notice_changed(grant):
        return Standing(Reason.NOTICE_CHANGED, grant)
    return Standing(Reason.CONSENT, grant, expires_at)


def _notice_changed(grant: ConsentEvent) -> bool:
    """Whether a major version of the wording was published after the one that was agreed to."""
    majors = NoticeVersion.objects.filter(change=NoticeVersion.Change.MAJOR, published_at__isnull=False)
    if grant.translation:
        shown = grant.translation.version
        return majors.filter(notice=shown.notice_id, number__gt=shown.number).exists()
    if grant.channel:
        # Whoever reported it did not say which wording was shown: the one in force on its channel then.
        later = majors.filter(notice=grant.channel.notice_id, published_at__gt=grant.occurred_at)
        return later.filter(number__gt=1).exists()
    return False


def last_stop_of_everything(contact: Contact) -> ConsentEvent | None:
    """The stop that the fold would choose of those that name no purpose."""
    stops = ConsentEvent.objects.filter(contact=contact, purpose=None, voids="")
    latest = stops.order_by("-occurred_at").first()
    if latest is None:
        return None
    return fold(stops.filter(occurred_at__gte=second(latest.occurred_at)), None).stop
