"""What is shown: the translation in force, the lines beside the boxes, the sentence to send."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from optins.consent import ages, texts
from optins.consent.keywords import normalise
from optins.models import ConsentRequest, Notice, NoticeTranslation, Organisation, Purpose


class NoWording(LookupError):
    """The channel's notice has no published version."""


def translation(notice: Notice, language: str) -> NoticeTranslation:
    """The published wording in that language, else in the organisation's first. Raises NoWording."""
    found = {row.language: row for row in published(notice)}
    usual = notice.organisation.languages or [texts.DEFAULT]
    for code in (language, language.split("-")[0], *usual):
        if code in found:
            return found[code]
    if found:
        return next(iter(found.values()))
    raise NoWording(f"“{notice}” has no published version.")


def published(notice: Notice) -> list[NoticeTranslation]:
    """Every translation of the version in force, the organisation's usual languages first."""
    rows = NoticeTranslation.objects.filter(version__notice=notice, version__status="published")
    order = {code: place for place, code in enumerate(notice.organisation.languages)}
    found = sorted(
        rows.select_related("version"),
        key=lambda row: (order.get(row.language, len(order)), row.language),
    )
    for row in found:
        row.version.notice = notice
    return found


def line(wording: NoticeTranslation, purpose: Purpose, own_age: int | None = None) -> str:
    """The line beside the box of one purpose. For marketing, ticking it says how old one is (``ages``)."""
    words = wording.purposes.get(purpose.key) or purpose.title(wording.language)
    return f"{words} {ages.line(own_age, wording.language)}" if ages.is_asked(purpose, own_age) else words


def titles(purposes: Iterable[Purpose], language: str, *, discreet: bool = True) -> str:
    """The purposes as one phrase, as chats name them."""
    return texts.joined([purpose.title(language, discreet=discreet) for purpose in purposes], language)


def sentence(wording: NoticeTranslation, purposes: Iterable[Purpose], organisation: Organisation) -> str:
    """What the person sends: it names the organisation, WhatsApp and what for, in one order for all."""
    chosen = sorted(purposes, key=lambda purpose: (purpose.position, purpose.key))
    filled = wording.sentence.replace("{organisation}", organisation.name)
    return filled.replace("{purposes}", titles(chosen, wording.language))


def question(wording: NoticeTranslation, purposes: list[Purpose], own_age: int | None = None) -> str:
    """The wording on record, as one chat message."""
    lines = [line(wording, purpose, own_age) for purpose in purposes]
    return "\n\n".join(
        part
        for part in (wording.body, "\n".join(lines), wording.stop, wording.privacy, wording.details)
        if part
    )


def is_a_sentence(text: str, request: ConsentRequest) -> bool:
    """Whether the text is our own sentence for what was chosen, unedited, in any published language."""
    wanted = normalise(text)
    chosen = list(request.purposes.all())

    def says(row: NoticeTranslation) -> bool:
        return normalise(sentence(row, chosen, request.organisation)) == wanted

    # Nearly always it is the one that they were shown; each of the others is a read of many rows.
    was_shown = request.translation is not None and says(request.translation)
    return was_shown or any(map(says, _ever_published(request.organisation)))


@dataclass(frozen=True, slots=True)
class Named:
    """The purposes that a sentence of ours names, and the words in it that are not ours."""

    purposes: tuple[Purpose, ...] = ()
    beside: str = ""


def named_in_sentence(text: str, organisation: Organisation) -> Named:
    """Nothing if it is none of ours, or has more than a code's stump."""
    written = normalise(text)
    purposes = list(Purpose.objects.filter(organisation=organisation))
    for row in _ever_published(organisation):
        if match := _pattern(row, organisation).fullmatch(written):
            named = _named(match["purposes"], purposes, row.language)
            return Named(named.purposes, f"{named.beside} {match['stump']}")
    return Named()


def _pattern(wording: NoticeTranslation, organisation: Organisation) -> re.Pattern[str]:
    before, _, after = wording.sentence.replace("{organisation}", organisation.name).partition("{purposes}")
    start, end = re.escape(normalise(before)), re.escape(normalise(after))
    return re.compile(rf"{start} ?(?P<purposes>.+?) ?{end}(?P<stump>( [^ ]{{1,8}}){{0,4}})")


def _named(phrase: str, purposes: list[Purpose], language: str) -> Named:
    """Longer titles first: one may be a part of another."""
    names = {purpose: normalise(purpose.title(language, discreet=True)) for purpose in purposes}
    left, found = f" {phrase} ", set()
    for purpose in sorted(purposes, key=lambda purpose: -len(names[purpose])):
        if f" {names[purpose]} " in left:
            left = left.replace(f" {names[purpose]} ", " / ")
            found.add(purpose)
    return Named(tuple(purpose for purpose in purposes if purpose in found), left)


def _ever_published(organisation: Organisation) -> QuerySet[NoticeTranslation]:
    return NoticeTranslation.objects.filter(
        version__notice__organisation=organisation, version__published_at__isnull=False
    )
