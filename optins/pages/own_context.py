"""What the own page and the receipt are given: what stands for each purpose, in the person's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from optins.consent import choice_words, links, moments, signing, texts, wording
from optins.consent.choices import Choice, choices_of
from optins.models import Contact, NoticeTranslation, Purpose
from optins.pages import again, look


@dataclass(frozen=True, slots=True)
class Words:
    """The exact words that were shown, in their own language, whatever that of the page is."""

    translation: NoticeTranslation
    line: str
    version: str
    language: str
    direction: str
    digest: str


@dataclass(frozen=True, slots=True)
class Row:
    """One purpose on the page. ``state`` is the gate's reason, ``words`` is None where none are on record."""

    key: str
    title: str
    state: str
    badge: str
    sentence: str
    until: str
    at: str
    proof: str
    words: Words | None
    reference: str
    stop: str
    again: str


def language_of(request: HttpRequest, contact: Contact, choices: Iterable[Choice]) -> str:
    """``?lang=``, else the person's own, else that of their last answer, else what the browser asks for."""
    acts = sorted((c.event for c in choices if c.event), key=lambda act: act.occurred_at, reverse=True)
    wanted = [request.GET.get("lang", ""), contact.language, *(act.language for act in acts)]
    wanted += [*look.accepted_languages(request), *contact.organisation.languages]
    return next((code for code in wanted if code in texts.languages()), texts.DEFAULT)


def context(request: HttpRequest, contact: Contact, now: datetime) -> dict[str, Any]:
    """What both show: the organisation, and a row for each purpose."""
    choices = choices_of(contact, now)
    language = language_of(request, contact, choices)
    rows = [_row(choice, contact, language) for choice in choices]
    return {
        **look.common(contact.organisation, language),
        "rows": rows,
        "reach": look.reach(contact.organisation),
        "may_stop_all": not all(choice.is_stopped for choice in choices),
        "intro": texts.text("own_intro", language, organisation=contact.organisation.name),
        "reference": str(contact.uuid),
        "signed_by": texts.text("receipt_signed", language, name=signing.newest_key_id()),
        "made": texts.text("receipt_made", language, date=moments.time(now, language, contact.organisation)),
    }


def own(request: HttpRequest, link: links.Link, now: datetime) -> dict[str, Any]:
    """What only the person's own page has: its end, and its languages."""
    values = context(request, link.contact, now)
    language, organisation = values["language"], link.contact.organisation
    until = moments.day(link.until, language, organisation)
    return {
        **values,
        "private": texts.text("own_private", language, date=until),
        "languages": [
            {
                "code": code,
                "name": texts.name(code),
                "direction": texts.direction(code),
                "url": f"?lang={code}",
                "is_current": code == language,
            }
            for code in organisation.languages
            if code in texts.languages()
        ],
    }


def done(purposes: tuple[Purpose, ...], language: str) -> str:
    """What was stopped just now."""
    if not purposes:
        return texts.text("own_done_all", language)
    return texts.text("own_done", language, titles=wording.titles(purposes, language))


def _row(choice: Choice, contact: Contact, language: str) -> Row:
    title = choice.purpose.title(language, discreet=True)
    event, organisation = choice.event, contact.organisation
    is_due = choice.standing.is_to_renew or not choice.standing.allowed
    may_ask = is_due and again.channel_for(choice) is not None
    return Row(
        key=choice.purpose.key,
        title=title,
        state=str(choice.standing.reason),
        badge=choice_words.badge(choice, language),
        sentence=choice_words.sentence(choice, contact, language),
        until=choice_words.until(choice, contact, language),
        at=moments.time(event.occurred_at, language, organisation) if event else "",
        proof=choice_words.proof(choice.is_own_proof, language) if event else "",
        words=_words(choice, language),
        reference=str(event.pk) if event else "",
        stop=texts.text("own_stop", language, title=title) if choice.is_yes else "",
        again=texts.text("own_again", language, title=title) if may_ask else "",
    )


def _words(choice: Choice, language: str) -> Words | None:
    shown = choice.shown
    if shown is None:
        return None
    name = texts.name(shown.language)
    return Words(
        translation=shown,
        line=shown.purposes.get(choice.purpose.key, ""),
        version=texts.text("own_version", language, number=shown.version.number, name=name),
        language=shown.language,
        direction=texts.direction(shown.language),
        digest=shown.digest(),
    )
