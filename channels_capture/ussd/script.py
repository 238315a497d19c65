"""What a USSD session shows: the menu of languages, the wording, one question for each purpose, an ending."""

from collections.abc import Callable, Sequence
from functools import partial

from channels_capture.keyed import Wordings
from channels_capture.keypad import (
    CHOICES,
    DETAILS,
    MORE,
    NO,
    SPEECHLESS,
    STOP,
    YES,
    Deed,
    Ending,
    Line,
    Place,
    Script,
    Step,
)
from channels_capture.ussd import screens
from optins.consent import texts, wording
from optins.models import NoticeTranslation, Organisation, Purpose


def build(shown: Wordings, purposes: Sequence[Purpose], own_age: int | None) -> Script:
    """The script in these wordings, the first of which is the usual one; without any it is silent."""
    if not shown:
        return SPEECHLESS
    languages = list(shown)
    menu = tuple(_menu(languages)) if len(languages) > 1 else ()
    return Script(languages[0], menu, partial(_steps, shown, purposes, own_age))


def _menu(languages: list[str]) -> list[Step]:
    """As many languages on a screen as stand there."""
    usual, left, steps = languages[0], languages, []
    more = _choice(MORE, "keys_more", usual)
    while left:
        counts = range(min(len(left), len(CHOICES)), 0, -1)
        tried = ((left[:count], "" if count == len(left) else more) for count in counts)
        page, below = next(
            (page, below) for page, below in tried if len(page) == 1 or screens.fits(_names(page) + below)
        )
        left = left[len(page) :]
        lines = (Line(_names(page) + below, usual),)
        steps.append(Step(lines, languages=tuple(page), has_more=bool(below)))
    return steps


def _names(page: list[str]) -> str:
    named = zip(CHOICES, page, strict=False)
    return "\n".join(f"{digit} {texts.name(language)}" for digit, language in named)


def _choice(digit: str, key: str, language: str) -> str:
    return f"\n{digit} {texts.text(key, language)}"


def _steps(
    shown: Wordings, purposes: Sequence[Purpose], own_age: int | None, language: str
) -> tuple[Step, ...]:
    row = shown[language]
    opening = _told(row, "\n".join(part for part in (row.body, row.stop, row.privacy) if part))
    lines = {purpose.key: wording.line(row, purpose, own_age) for purpose in purposes}
    return (*opening, *(step for key, line in lines.items() for step in _question(row, key, line)))


def _told(row: NoticeTranslation, text: str) -> tuple[Step, ...]:
    """Screens that only tell, each with the key for the next one."""
    more = _choice(MORE, "keys_more", row.language)
    shown = screens.telling(text, more)
    return tuple(Step((Line(page, row.language),), has_more=True) for page in shown)


def _question(row: NoticeTranslation, purpose: str, line: str) -> tuple[Step, ...]:
    again = (*_told(row, row.details), *_asked(row, purpose, line, ()))
    return _asked(row, purpose, line, again if row.details else ())


def _asked(row: NoticeTranslation, purpose: str, text: str, details: tuple[Step, ...]) -> tuple[Step, ...]:
    choice = partial(_choice, language=row.language)
    tell = choice(DETAILS, "keys_details") if details else ""
    choices = f"{choice(YES, 'keys_yes')}{choice(NO, 'keys_no')}{tell}{choice(STOP, 'keys_stop')}"
    shown = screens.asking(text, choice(MORE, "keys_more"), choices)
    lines = [(Line(page, row.language),) for page in shown]
    last = Step(lines[-1], purpose, details=details)
    return (*(Step(line, has_more=True) for line in lines[:-1]), last)


def told(place: Place) -> str:
    """The screen where somebody is; after a wrong key the same again, and that it is, if there is room."""
    assert place.step  # noqa: S101  it has not ended
    (line,) = place.step.lines
    again = f"{texts.text('keys_again', line.language)}\n{line.text}"
    return again if place.is_asked_again and screens.fits(again) else line.text


def ending(place: Place, organisation: Organisation, language: str) -> str:
    """The last screen."""
    deeds = {act.deed for act in place.acts}
    key = "keys_nothing"
    if place.ending == Ending.STOPPED:
        key = "keys_stopped"
    elif Deed.GIVE in deeds:
        key = "keys_thanks"
    elif Deed.REFUSE in deeds:
        key = "keys_refused"
    return screens.shortened(organisation.name, _filled(key, language))


def _filled(key: str, language: str) -> Callable[[str], str]:
    return lambda name: texts.text(key, language, organisation=name)
