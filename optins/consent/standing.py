"""What a contact's record is worth now: the facts of the fold, against time, wording and settings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from optins.consent import reach, rulepacks
from optins.consent.fold import Facts, fold, second
from optins.consent.rulepacks import Rules, questions
from optins.consent.rulepacks.jurisdiction import Whereabouts
from optins.models import CaptureChannel, ConsentEvent, ConsentRecord, Contact, NoticeVersion, Purpose

# The relations of a record to fetch with it, so that judging it needs few reads.
WHAT_JUDGE_READS = ("purpose", "stop", "grant", "proof")


# A record, or what its events add up to: the same facts.
Judged = ConsentRecord | Facts[Any]


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
    UNDER_AGE = "under_age"
    NUMBER_STALE = "number_stale"
    QUIET_HOURS = "quiet_hours"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a record is worth now, quiet hours and senders aside. ``is_to_renew``: the packs say, ask anew."""

    reason: Reason
    event: ConsentEvent | None = None
    valid_until: datetime | None = None
    is_to_renew: bool = False

    @property
    def allowed(self) -> bool:
        return self.reason == Reason.CONSENT


def standing_of(
    contact: Contact, purpose: Purpose, now: datetime, where: Whereabouts | None = None
) -> Standing:
    """What the contact's record for this purpose is worth now, quiet hours aside.

    ``where``: the contact's whereabouts, for whoever asks about several purposes and has them already.
    """
    return standings_of(contact, [purpose], now, where)[0]


def standings_of(
    contact: Contact, purposes: list[Purpose], now: datetime, where: Whereabouts | None = None
) -> list[Standing]:
    """The same for each of the purposes, in their order."""
    rows = ConsentRecord.objects.filter(contact=contact, purpose__in=purposes)
    records = {row.purpose_id: row for row in rows.select_related(*WHAT_JUDGE_READS)}
    return [_standing(contact, purpose, records.get(purpose.pk), now, where) for purpose in purposes]


def _standing(
    contact: Contact,
    purpose: Purpose,
    record: ConsentRecord | None,
    now: datetime,
    where: Whereabouts | None,
) -> Standing:
    if record is None:
        # A purpose that is younger than the stop: a stop of everything covers it all the same.
        stop = last_stop_of_everything(contact)
        return Standing(Reason(stop.kind), stop) if stop else Standing(Reason.NO_RECORD)
    if record.grant is None:
        return _without_grant(record)
    return judge(record, contact, purpose, now, rules_of(contact, purpose, where))


def rules_of(contact: Contact, purpose: Purpose, where: Whereabouts | None = None) -> Rules:
    """What the packs ask of a message about this purpose to this contact."""
    if where is None:
        return rulepacks.rules_for(contact.organisation, contact, purpose.category)
    return rulepacks.rules_at(contact.organisation, where, purpose.category)


def judge(record: Judged, contact: Contact, purpose: Purpose, now: datetime, rules: Rules) -> Standing:
    """The worth of a record. Where confirmation is required the proof alone is judged."""
    if record.grant is None:
        return _without_grant(record)
    worth = partial(_worth, contact=contact, purpose=purpose, now=now, rules=rules)
    if purpose.requires_confirmation or questions.confirmation_required(rules):
        return worth(record.proof) if record.proof else Standing(Reason.UNCONFIRMED, record.grant)
    best = worth(record.grant)
    if best.allowed or record.proof is None:
        return best
    proof = worth(record.proof)
    return proof if proof.allowed else best


def _without_grant(record: Judged) -> Standing:
    return Standing(Reason(record.stop.kind), record.stop) if record.stop else Standing(Reason.NO_RECORD)


def _worth(
    grant: ConsentEvent, *, contact: Contact, purpose: Purpose, now: datetime, rules: Rules
) -> Standing:
    """A standing grant, against what was frozen on it and against today's settings: the stricter holds."""
    expires_at = expiry(grant, purpose, rules)
    if expires_at and expires_at <= now:
        return Standing(Reason.EXPIRED, grant)
    if _notice_changed(grant):
        return Standing(Reason.NOTICE_CHANGED, grant)
    if _is_under_age(grant, contact, purpose, rules):
        return Standing(Reason.UNDER_AGE, grant)
    stale_from = reach.stale_from(contact) if purpose.sensitive else None
    if stale_from and stale_from <= now:
        return Standing(Reason.NUMBER_STALE, grant)
    ends_at = min((at for at in (expires_at, stale_from) if at), default=None)
    renew_from = questions.renew_from(rules, grant.occurred_at)
    return Standing(Reason.CONSENT, grant, ends_at, renew_from is not None and renew_from <= now)


def expiry(grant: ConsentEvent, purpose: Purpose, rules: Rules) -> datetime | None:
    """When a grant runs out: by what was frozen on it, the purpose and the packs, whichever is first."""
    ends = (grant.expires_at, lifetime_ends(grant.occurred_at, purpose, rules))
    return min((end for end in ends if end), default=None)


def lifetime_ends(given_at: datetime, purpose: Purpose, rules: Rules) -> datetime | None:
    """When a consent given then runs out by today's settings and packs."""
    days = purpose.expires_after_days
    ends = (given_at + timedelta(days=days) if days else None, questions.expires_at(rules, given_at))
    return min((end for end in ends if end), default=None)


def _is_under_age(grant: ConsentEvent, contact: Contact, purpose: Purpose, rules: Rules) -> bool:
    """Whether the person is known to be under age and nobody who may has agreed for them.

    An age that is unknown denies nothing here: for marketing, the box itself says how old one must be.
    """
    if contact.age_band != Contact.AgeBand.MINOR or purpose.minors_decide_alone:
        return False
    is_marketing = purpose.category == Purpose.Category.MARKETING
    if is_marketing and questions.forbids_marketing_to_minors(rules):
        return True
    return grant.actor != ConsentEvent.Actor.GUARDIAN


def _notice_changed(grant: ConsentEvent) -> bool:
    """Whether a major version of the wording was published after the one that was agreed to."""
    majors = NoticeVersion.objects.filter(change=NoticeVersion.Change.MAJOR, published_at__isnull=False)
    if grant.translation_id:
        shown = NoticeVersion.objects.filter(translations=grant.translation_id)
        return majors.filter(notice__in=shown.values("notice"), number__gt=shown.values("number")).exists()
    if grant.channel_id:
        # Whoever reported it did not say which wording was shown: the one in force on its channel then.
        notice = CaptureChannel.objects.filter(pk=grant.channel_id).values("notice")
        return majors.filter(notice__in=notice, published_at__gt=grant.occurred_at, number__gt=1).exists()
    return False


def last_stop_of_everything(contact: Contact) -> ConsentEvent | None:
    """The stop that the fold would choose of those that name no purpose."""
    stops = ConsentEvent.objects.filter(contact=contact, purpose=None, voids="")
    latest = stops.order_by("-occurred_at").first()
    if latest is None:
        return None
    return fold(stops.filter(occurred_at__gte=second(latest.occurred_at)), None).stop
