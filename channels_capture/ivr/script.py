"""What a call says: the menu of languages, the wording, one question for each purpose, and an ending."""

from collections.abc import Sequence
from functools import partial

from channels_capture.keyed import Wordings
from channels_capture.keypad import CHOICES, MORE, SPEECHLESS, Deed, Ending, Line, Place, Script, Step
from optins.consent import texts, wording
from optins.models import NoticeTranslation, Organisation, Purpose


def build(shown: Wordings, purposes: Sequence[Purpose], own_age: int | None) -> Script:
    """The script in these wordings, the first of which is the usual one; without any it is silent."""
    if not shown:
        return SPEECHLESS
    languages = list(shown)
    menu = _menu(languages) if len(languages) > 1 else ()
    return Script(languages[0], menu, partial(_steps, shown, purposes, own_age))


def _menu(languages: list[str]) -> tuple[Step, ...]:
    pages = [languages[at : at + len(CHOICES)] for at in range(0, len(languages), len(CHOICES))]
    return tuple(_page(page, languages[0], is_last=page is pages[-1]) for page in pages)


def _page(page: list[str], usual: str, *, is_last: bool) -> Step:
    """Each language in its own words: whoever needs it understands no other."""
    lines = [
        Line(texts.text("keys_language", code, digit=digit), code)
        for digit, code in zip(CHOICES, page, strict=False)
    ]
    if not is_last:
        lines.append(Line(texts.text("keys_other_languages", usual, digit=MORE), usual))
    return Step(tuple(lines), languages=tuple(page), has_more=not is_last)


def _steps(
    shown: Wordings, purposes: Sequence[Purpose], own_age: int | None, language: str
) -> tuple[Step, ...]:
    row = shown[language]
    opening = [part for part in (row.body, row.stop, row.privacy) if part]
    lines = {purpose.key: wording.line(row, purpose, own_age) for purpose in purposes}
    return tuple(
        _question(row, key, line, [] if place else opening) for place, (key, line) in enumerate(lines.items())
    )


def _question(row: NoticeTranslation, purpose: str, line: str, opening: list[str]) -> Step:
    asked = [line, texts.text("keys_press", row.language)]
    again = Step(_lines([*([row.details] if row.details else opening), *asked], row), purpose)
    return Step(_lines([*opening, *asked], row), purpose, details=(again,))


def _lines(parts: list[str], row: NoticeTranslation) -> tuple[Line, ...]:
    return tuple(Line(part, row.language) for part in parts)


def told(place: Place) -> tuple[Line, ...]:
    """What is said where somebody is; after a wrong key or none, the same again."""
    if place.step is None:
        return ()
    language = place.language or place.step.lines[0].language
    again = (Line(texts.text("keys_again", language), language),) if place.is_asked_again else ()
    return (*again, *place.step.lines)


def ending(place: Place, organisation: Organisation, language: str, *, is_known: bool) -> Line:
    """The last words, where no code is to be told. ``is_known``: the number was not withheld."""
    deeds = {act.deed for act in place.acts}
    if Deed.STOP in deeds and not is_known:
        return Line(texts.text("help", language, organisation=organisation.name), language)
    key = "keys_nothing"
    if place.ending == Ending.STOPPED:
        key = "keys_stopped"
    elif Deed.GIVE in deeds:
        key = "keys_noted"
    elif Deed.REFUSE in deeds:
        key = "keys_refused"
    return Line(texts.text(key, language, organisation=organisation.name), language)


def code(text: str, number: str, language: str) -> Line:
    """The code and the number to send it to, one character at a time."""
    spoken = {"code": ", ".join(text), "number": ", ".join(number.removeprefix("+"))}
    return Line(texts.text("keys_code", language, **spoken), language)
