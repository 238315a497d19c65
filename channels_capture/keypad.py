"""What a keypad can say, in a call or a USSD session: keys in, what comes next and what was done out. Pure.

The wording comes first, then one question for each purpose. 1 is yes, 2 is no, 3 tells the small print
before it asks again, and 9 stops everything, wherever it is pressed. Anything else, silence too, is asked
once more; then it ends without an event.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce

YES, NO, DETAILS, MORE, STOP = "1", "2", "3", "0", "9"
CHOICES = "12345678"  # of a language; what is more than that comes after MORE
SILENCE = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One text, in one language."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Step:
    """What is said before a key is awaited: it asks about one purpose, offers languages, or only tells.

    ``has_more``: MORE goes on to the next step. ``details``: the steps in its place once DETAILS was pressed,
    the last of which asks the same again.
    """

    lines: tuple[Line, ...] = ()
    purpose: str = ""
    languages: tuple[str, ...] = ()
    has_more: bool = False
    details: "tuple[Step, ...]" = ()


@dataclass(frozen=True, slots=True)
class Script:
    """The menu of languages, if there are several, and the steps in each of them.

    ``language`` is the usual one, in which is spoken before another is chosen.
    """

    language: str
    menu: tuple[Step, ...]
    steps: Callable[[str], tuple[Step, ...]]


class Deed(StrEnum):
    GIVE = "give"
    REFUSE = "refuse"
    STOP = "stop"


class Ending(StrEnum):
    DONE = "done"
    STOPPED = "stopped"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Act:
    """Something said by a key: about one purpose, or everything. ``number`` counts the keys from 1."""

    deed: Deed
    key: str
    number: int
    step: Step
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has come. ``language`` is empty until it is chosen."""

    steps: tuple[Step, ...]
    at: int = 0
    language: str = ""
    pressed: int = 0
    is_asked_again: bool = False
    acts: tuple[Act, ...] = ()
    ending: Ending | None = None

    @property
    def step(self) -> Step | None:
        """What waits for a key now."""
        return None if self.ending else self.steps[self.at]


SPEECHLESS = Script("", (), lambda _language: ())  # nothing to say: it is over at once, and 9 still stops


def begin(script: Script) -> Place:
    """Before the first key."""
    if script.menu:
        return Place(script.menu)
    return _from(Place((), language=script.language), script.steps(script.language), 0)


def replay(script: Script, keys: Iterable[str]) -> Place:
    """After these keys, from the beginning: the same keys lead to the same place, whoever remembers them."""
    return reduce(lambda place, key: press(script, place, key), keys, begin(script))


def press(script: Script, place: Place, key: str) -> Place:
    """After one more key; SILENCE is one that was waited for and did not come.

    When it is over no key means anything any more, but for STOP: it is never lost.
    """
    if place.ending == Ending.STOPPED:
        return place
    step = place.step
    place = replace(place, pressed=place.pressed + 1)
    if key == STOP:
        return replace(_with(place, step or Step(), Deed.STOP, key), ending=Ending.STOPPED)
    if step is None:
        return place
    if step.purpose and key in (YES, NO):
        acted = _with(place, step, Deed.GIVE if key == YES else Deed.REFUSE, key)
        return _from(acted, place.steps, place.at + 1)
    if key == MORE and step.has_more:
        return _from(place, place.steps, place.at + 1)
    if key == DETAILS and step.details:
        steps = (*place.steps[: place.at], *step.details, *place.steps[place.at + 1 :])
        return _from(place, steps, place.at)
    language = dict(zip(CHOICES, step.languages, strict=False)).get(key)
    if language:
        return _from(replace(place, language=language), script.steps(language), 0)
    if place.is_asked_again:
        return replace(place, ending=Ending.NO_ANSWER)
    return replace(place, is_asked_again=True)


def _with(place: Place, step: Step, deed: Deed, key: str) -> Place:
    purpose = "" if deed == Deed.STOP else step.purpose
    return replace(place, acts=(*place.acts, Act(deed, key, place.pressed, step, purpose)))


def _from(place: Place, steps: tuple[Step, ...], at: int) -> Place:
    ending = Ending.DONE if at >= len(steps) else None
    return replace(place, steps=steps, at=at, is_asked_again=False, ending=ending)


def read(text: str) -> str:
    """The key in what was sent: a digit of any script, with or without ``#``; ``?`` for anything else."""
    text = unicodedata.normalize("NFKC", text).strip().removesuffix("#")
    if not text:
        return SILENCE
    digit = unicodedata.digit(text, None) if len(text) == 1 else None
    return "?" if digit is None else str(digit)
