"""May I send this, to this person, now? One answer per message, denied by default."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.validators import slug_re

from optins.consent import doubts, identity, rulepacks, suppressions
from optins.consent.fold import second
from optins.consent.rulepacks import calendars, jurisdiction, quiet_hours
from optins.consent.rulepacks.jurisdiction import Whereabouts
from optins.consent.signal import Identifier, Scheme, phone
from optins.consent.standing import Reason as Reason
from optins.consent.standing import Standing
from optins.consent.standing import last_stop_of_everything as last_stop_of_everything
from optins.consent.standing import standing_of as standing_of
from optins.consent.standing import standings_of as standings_of
from optins.models import (
    ConsentEvent,
    Contact,
    Organisation,
    Purpose,
    Sender,
    SenderContact,
    SessionWindow,
    Suppression,
)

WINDOW = timedelta(hours=24)


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
    # What is no slug is no key, and may be what no database takes.
    rows = Purpose.objects.filter(organisation=organisation, key=purpose)
    wanted = rows.first() if slug_re.fullmatch(purpose) else None
    if wanted is None:
        return Decision(False, Reason.UNKNOWN_PURPOSE, purpose)
    account = _sender(organisation, sender)
    if account is None:
        return Decision(False, Reason.UNKNOWN_SENDER, purpose)
    identifiers = _identifiers(account, number, bsuid)
    contacts = identity.find(organisation, identifiers)
    if len(contacts) != 1:
        reason = Reason.AMBIGUOUS_IDENTITY if contacts else unknown(organisation, identifiers, wanted)
        return Decision(False, reason, purpose)
    if form == Form.FREE_FORM:
        return _free_form(contacts[0], account, wanted, now)
    contacts[0].organisation = organisation
    return _template(contacts[0], account, wanted, now)


def _sender(organisation: Organisation, slug: str) -> Sender | None:
    """The named sender; without a name the only one there is."""
    active = list(Sender.objects.on_whatsapp().filter(organisation=organisation, is_active=True))
    if slug:
        return next((sender for sender in active if sender.slug == slug), None)
    return active[0] if len(active) == 1 else None


def _identifiers(sender: Sender, number: str, bsuid: str) -> tuple[Identifier, ...]:
    """A number is known by any of its equivalent forms, and by the WhatsApp id of the same digits."""
    found: tuple[Identifier, ...] = ()
    if number:
        found += (*phone(number), Identifier(Scheme.WA_ID, number.removeprefix("+")))
    if bsuid:
        found += (Identifier(Scheme.WA_BSUID, bsuid, sender.bsuid_scope),)
    return found


def unknown(organisation: Organisation, identifiers: Iterable[Identifier], purpose: Purpose) -> Reason:
    """Why nobody is found: erased, suppressed for this purpose, or never heard of."""
    met = suppressions.met(organisation, identifiers)
    reasons = {suppression.reason for suppression in met if suppression.covers(purpose)}
    if Suppression.Reason.ERASED in reasons:
        return Reason.ERASED
    return Reason.SUPPRESSED if reasons else Reason.UNKNOWN_CONTACT


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


def _template(contact: Contact, sender: Sender, purpose: Purpose, now: datetime) -> Decision:
    if stopped := _stopped_there(contact, sender, purpose):
        return Decision(False, stopped, purpose.key)
    where = jurisdiction.of_contact(contact, contact.organisation)
    standing = standing_of(contact, purpose, now, where)
    if standing.allowed and purpose.category == Purpose.Category.MARKETING:
        return _by_the_clock(contact, purpose, standing, where, now)
    return _decision(standing, purpose)


def _decision(standing: Standing, purpose: Purpose) -> Decision:
    return Decision(
        standing.allowed,
        standing.reason,
        purpose.key,
        "template" if standing.allowed else None,
        standing.event,
        valid_until=standing.valid_until,
    )


def _by_the_clock(
    contact: Contact, purpose: Purpose, standing: Standing, where: Whereabouts, now: datetime
) -> Decision:
    """Marketing that is allowed, unless it is late where the person is."""
    rules = rulepacks.rules_at(contact.organisation, where, purpose.category)
    zones = calendars.zones_of(where.possible, contact.organisation.time_zone)
    quiet = quiet_hours.at(rules, zones, now)
    changes = min((at for at in (standing.valid_until, quiet.until) if at), default=None)
    if not quiet.is_closed:
        return replace(_decision(standing, purpose), valid_until=changes)
    # Where the consent runs out before the morning, nothing will be allowed then.
    opens = quiet.until if quiet.until == changes else None
    return Decision(
        False, Reason.QUIET_HOURS, purpose.key, None, standing.event, valid_from=opens, valid_until=changes
    )


def _stopped_there(contact: Contact, sender: Sender, purpose: Purpose) -> Reason | None:
    """The stop that stands at the sender itself, whatever the records say; a message that may be one, too."""
    there = SenderContact.objects.filter(contact=contact, sender=sender).first()
    is_marketing = purpose.category == Purpose.Category.MARKETING
    if is_marketing and ((there and there.marketing_is_stopped) or doubts.are_open(contact)):
        return Reason.MARKETING_STOPPED
    return Reason.STOPPED_AT_SENDER if there and there.stopped_there_at else None


def reason_for(contact: Contact, sender: Sender | None, purpose: Purpose, now: datetime) -> Reason:
    """What the gate says of a template to this contact, from this sender if there is one; the hour aside."""
    stopped = _stopped_there(contact, sender, purpose) if sender else None
    return stopped or standing_of(contact, purpose, now).reason
