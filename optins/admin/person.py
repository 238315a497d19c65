"""The person's page: may we message them, why, and all that happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.http import HttpRequest
from django.utils.safestring import SafeString

from optins import roles
from optins.admin import rights_told, sentences
from optins.admin.declared import may_declare
from optins.admin.eyes import Eyes, reference, telling
from optins.admin.timeline import Timeline
from optins.consent import countries, gate, identity, texts
from optins.consent.rulepacks import jurisdiction
from optins.models import Contact, ContactIdentifier, Purpose, ReviewItem, Sender, SenderContact

Scheme = ContactIdentifier.Scheme


@dataclass(frozen=True, slots=True)
class PurposeLine:
    """Whether they may be messaged about one purpose, and why; ``but``: why no number may all the same."""

    is_allowed: bool
    sentence: str
    but: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate answers for one message, in words, with its own reason."""

    is_allowed: bool
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class AtSender:
    """What one sender may do now, per purpose by template and by free text, and how far it is in step."""

    sender: Sender
    answers: list[tuple[Purpose, list[Answer]]]
    window: SafeString | None
    is_window_open: bool
    in_step: SenderContact | None


@dataclass(frozen=True, slots=True)
class Known:
    """One identifier, as the reader may see it."""

    label: str
    value: SafeString
    verified: SafeString | None
    heard: SafeString | None
    failures: int


def context(request: HttpRequest, contact: Contact, now: datetime) -> dict[str, Any]:
    """What the page's template shows."""
    eyes = Eyes.of(request.user, contact.organisation)
    purposes = list(Purpose.objects.filter(organisation=contact.organisation_id))
    timeline = Timeline(contact, eyes)
    senders = list(_senders(contact, timeline.identifiers, purposes, eyes, now))
    return {
        "contact": contact,
        "reference": reference(contact.uuid),
        "eyes": eyes,
        "known_as": eyes.known_as(contact),
        "known": [_known(row, eyes) for row in telling(timeline.identifiers)],
        "purposes": _purposes(contact, purposes, senders, eyes, now),
        "senders": senders,
        "language": texts.name(contact.language) if contact.language else "",
        "since": eyes.time(contact.created_at),
        "links": _links(contact),
        "timeline": timeline.entries(),
        "rights": rights_told.card(contact, request.user, eyes, now),
        "may_declare": may_declare(request.user, contact),
        "lives_in": countries.name(contact.country) if contact.country else "",
        "may_withdraw": roles.may(request.user, "record_withdrawal", contact.organisation)
        and not contact.erased_at,
    }


def _purposes(
    contact: Contact, purposes: list[Purpose], senders: list[AtSender], eyes: Eyes, now: datetime
) -> list[PurposeLine]:
    where = jurisdiction.of_contact(contact, contact.organisation)
    standings = list(zip(purposes, gate.standings_of(contact, purposes, now, where), strict=True))
    events = [standing.event for _purpose, standing in standings if standing.event]
    # What the sentences tell of an act: who asked for it, and where it came in.
    prefetch_related_objects(events, "channel", "request__channel")
    return [
        PurposeLine(
            standing.allowed,
            sentences.of(purpose, standing, eyes),
            _but(purpose, senders) if standing.allowed else "",
        )
        for purpose, standing in standings
    ]


def _but(purpose: Purpose, senders: list[AtSender]) -> str:
    """Why none of the numbers may send what the person has agreed to; empty where one may."""
    templates = [answers[0] for at in senders for about, answers in at.answers if about == purpose]
    if not templates or any(answer.is_allowed for answer in templates):
        return ""
    return " ".join(dict.fromkeys(answer.words for answer in templates))


def _known(row: ContactIdentifier, eyes: Eyes) -> Known:
    return Known(
        label=row.get_scheme_display(),
        value=eyes.identifier(row),
        verified=eyes.time(row.verified_at) if row.verified_at else None,
        heard=eyes.time(row.last_heard_at) if row.last_heard_at else None,
        failures=row.failures_in_row,
    )


def _senders(
    contact: Contact, identifiers: list[ContactIdentifier], purposes: list[Purpose], eyes: Eyes, now: datetime
) -> Iterator[AtSender]:
    rows = {row.sender_id: row for row in SenderContact.objects.filter(contact=contact)}
    for sender in Sender.objects.on_whatsapp().filter(organisation=contact.organisation_id, is_active=True):
        answers, closes_at = [], None
        who = _as_the_gate_asks(sender, identifiers)
        for purpose in purposes if who else ():
            template = _ask(contact, sender, purpose, now, gate.Form.TEMPLATE, who)
            free = _ask(contact, sender, purpose, now, gate.Form.FREE_FORM, who)
            answers.append((purpose, [_answer(template), _answer(free)]))
            closes_at = free.window_expires_at
        window = eyes.time(closes_at) if closes_at else None
        yield AtSender(sender, answers, window, bool(closes_at and closes_at > now), rows.get(sender.pk))


def _ask(
    contact: Contact, sender: Sender, purpose: Purpose, now: datetime, form: str, who: dict[str, str]
) -> gate.Decision:
    """The gate's own answer: it is asked as a messaging system would ask it."""
    number, bsuid = who.get("number", ""), who.get("bsuid", "")
    return gate.decide(
        contact.organisation,
        purpose=purpose.key,
        now=now,
        number=number,
        bsuid=bsuid,
        form=form,
        sender=sender.slug,
    )


def _as_the_gate_asks(sender: Sender, identifiers: list[ContactIdentifier]) -> dict[str, str]:
    for row in identifiers:
        if row.scheme == Scheme.PHONE:
            return {"number": row.value}
    for row in identifiers:
        if row.scheme == Scheme.WA_BSUID and row.scope == sender.bsuid_scope:
            return {"bsuid": row.value}
    return {}


def _answer(decision: gate.Decision) -> Answer:
    return Answer(decision.allowed, sentences.answer(decision.reason), str(decision.reason))


def _links(contact: Contact) -> list[tuple[ReviewItem, Contact]]:
    """Who may be the same person, by proposals that nobody has answered with no."""
    rows = ReviewItem.objects.filter(Q(contact=contact) | Q(other=contact), kind=ReviewItem.Kind.LINK)
    found = rows.exclude(decision=identity.NOT_SAME).select_related("contact", "other")
    return [(row, row.other if row.contact_id == contact.pk else row.contact) for row in found if row.other]
