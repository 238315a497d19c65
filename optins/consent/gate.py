"""May I send this, to this person, now? One answer per message, denied by default."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from optins.consent import digests, identity
from optins.consent.fold import second
from optins.consent.signal import Identifier, phone
from optins.models import (
    ConsentEvent,
    ConsentRecord,
    Contact,
    NoticeVersion,
    Organisation,
    Purpose,
    Sender,
    SenderContact,
    SessionWindow,
    Suppression,
)

WINDOW = timedelta(hours=24)


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


class Form(StrEnum):
    TEMPLATE = "template"
    FREE_FORM = "free_form"


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer. ``valid_until``: it cannot change by time alone before then."""

    allowed: bool
    reason: Reason
    purpose: str
    mode: str | None = None
    event: ConsentEvent | None = None
    window_expires_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a record is worth now, quiet hours and senders aside."""

    reason: Reason
    event: ConsentEvent | None = None
    valid_until: datetime | None = None

    @property
    def allowed(self) -> bool:
        return self.reason == Reason.CONSENT


def decide(
    organisation: Organisation,
    *,
    purpose: str,
    now: datetime,
    number: str = "",
    bsuid: str = "",
    form: str = Form.TEMPLATE,
    sender: str = "",
) -> Decision:
    """The answer for one message. ``number`` is E.164, ``purpose`` and ``sender`` are keys."""
    wanted = Purpose.objects.filter(organisation=organisation, key=purpose).first()
    if wanted is None:
        return Decision(False, Reason.UNKNOWN_PURPOSE, purpose)
    account = _sender(organisation, sender)
    if account is None:
        return Decision(False, Reason.UNKNOWN_SENDER, purpose)
    identifiers = _identifiers(account, number, bsuid)
    contacts = identity.find(organisation, identifiers)
    if len(contacts) != 1:
        return Decision(False, _nobody(organisation, identifiers, contacts), purpose)
    if form == Form.FREE_FORM:
        return _free_form(contacts[0], account, wanted, now)
    return _template(contacts[0], account, wanted, now)


def _sender(organisation: Organisation, slug: str) -> Sender | None:
    """The named sender; without a name the only one there is."""
    active = list(Sender.objects.filter(organisation=organisation, is_active=True))
    if slug:
        return next((sender for sender in active if sender.slug == slug), None)
    return active[0] if len(active) == 1 else None


def _identifiers(sender: Sender, number: str, bsuid: str) -> tuple[Identifier, ...]:
    found = phone(number) if number else ()
    if bsuid:
        found += (Identifier("wa_bsuid", bsuid, sender.bsuid_scope),)
    return found


def _nobody(organisation: Organisation, identifiers: Iterable[Identifier], contacts: list[Contact]) -> Reason:
    if contacts:
        return Reason.AMBIGUOUS_IDENTITY
    met = digests.suppressions_of(organisation, [identifier.text for identifier in identifiers])
    if any(suppression.reason == Suppression.Reason.ERASED for suppression in met):
        return Reason.ERASED
    return Reason.SUPPRESSED if met else Reason.UNKNOWN_CONTACT


def _free_form(contact: Contact, sender: Sender, purpose: Purpose, now: datetime) -> Decision:
    expires_at = window_closes_at(contact, sender)
    if expires_at is None or expires_at <= now:
        return Decision(False, Reason.WINDOW_CLOSED, purpose.key, window_expires_at=expires_at)
    return Decision(
        True,
        Reason.SESSION,
        purpose.key,
        "session",
        window_expires_at=expires_at,
        valid_until=expires_at,
    )


def window_closes_at(contact: Contact, sender: Sender) -> datetime | None:
    """When the session window closes; a stop of everything closes it, a later message opens it again."""
    window = SessionWindow.objects.filter(contact=contact, sender=sender).first()
    if window is None:
        return None
    stop = last_stop_of_everything(contact)
    if stop and second(stop.occurred_at) >= second(window.opened_at):
        return stop.occurred_at
    return window.opened_at + WINDOW


def last_stop_of_everything(contact: Contact) -> ConsentEvent | None:
    stops = ConsentEvent.objects.filter(contact=contact, purpose=None)
    return stops.order_by("-occurred_at").first()


def _template(contact: Contact, sender: Sender, purpose: Purpose, now: datetime) -> Decision:
    there = SenderContact.objects.filter(contact=contact, sender=sender).first()
    if there and there.marketing_is_stopped and purpose.category == Purpose.Category.MARKETING:
        return Decision(False, Reason.MARKETING_STOPPED, purpose.key)
    if there and there.stopped_there_at:
        return Decision(False, Reason.STOPPED_AT_SENDER, purpose.key)
    standing = standing_of(contact, purpose, now)
    return Decision(
        standing.allowed,
        standing.reason,
        purpose.key,
        "template" if standing.allowed else None,
        standing.event,
        valid_until=standing.valid_until,
    )


def standing_of(contact: Contact, purpose: Purpose, now: datetime) -> Standing:
    """What the contact's record for this purpose is worth now."""
    record = (
        ConsentRecord.objects.filter(contact=contact, purpose=purpose)
        .select_related("stop", "grant__translation__version", "proof__translation__version")
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
    if grant.translation is None:
        return False
    shown = grant.translation.version
    newer = NoticeVersion.objects.filter(notice=shown.notice_id, number__gt=shown.number)
    return newer.filter(change=NoticeVersion.Change.MAJOR, published_at__isnull=False).exists()
