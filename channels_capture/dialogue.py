"""What a chat does with a message: state and input in, actions out. Pure: no database, no clock.

The rules are those of confirmation: whoever sends is who consents; a code says what was chosen, never who;
an answer belongs to its question; a stop comes before everything else; and no failed code is a dead end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Typed(StrEnum):
    """The number that was typed where the code was made."""

    NONE = "none"
    SAME = "same"
    OTHER = "other"


class Rest(StrEnum):
    """What a message says besides its code."""

    PLAIN = "plain"  # nothing, our own sentence, or yes
    STOP = "stop"
    NO = "no"
    OTHER = "other"


class Choice(StrEnum):
    YES = "yes"
    NO = "no"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True)
class Code:
    """A code in the message. ``stale``: those of its purposes that were stopped since it was made;
    ``settled``: whoever sent it has already said yes to the question that it led to.
    """

    purposes: tuple[str, ...]
    typed: Typed = Typed.NONE
    rest: Rest = Rest.PLAIN
    expired: bool = False
    settled: bool = False
    stale: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of ours and what the message answers to it; ``picked`` is one purpose of several.

    ``ask_again``: the question has expired, or it is unclear which of several was meant.
    """

    kind: str
    purposes: tuple[str, ...]
    choice: Choice
    picked: str = ""
    ask_again: bool = False
    stale: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the rules need to know of a message and whoever sent it."""

    purposes: tuple[str, ...] = ()  # of the channel
    allowed: tuple[str, ...] = ()  # of all there are, what they may be messaged about now
    forwarded: bool = False
    code: Code | None = None
    answer: Answer | None = None
    stop: bool = False
    start: bool = False
    join: bool = False
    help: bool = False
    failed_code: bool = False  # something meant as a code that is none
    typed_purposes: tuple[str, ...] = ()  # of an open request into which this number was typed
    typed_was_asked: bool = False


class Source(StrEnum):
    """What an act or a question goes back to."""

    CODE = "code"
    ANSWER = "answer"
    TYPED = "typed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Give:
    purposes: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Refuse:
    purposes: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Stop:
    """Everything, at once."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take back what was recorded, unproved, for the number that was typed."""


@dataclass(frozen=True, slots=True)
class Ask:
    kind: str
    purposes: tuple[str, ...]
    source: Source = Source.NONE


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    purposes: tuple[str, ...] = ()


Action = Give | Refuse | Stop | TakeBack | Ask | Say
Rule = Callable[[Situation], list[Action] | None]
KEEP_AT_MOST = 3


def decide(situation: Situation) -> list[Action]:
    """The actions, in order; none where the message is not about consent."""
    for rule in (_answer, _code, _stop, _start, _join, _help, _failed_code, _typed_number):
        actions = rule(situation)
        if actions is not None:
            return actions
    return []


def _answer(s: Situation) -> list[Action] | None:
    answer = s.answer
    if answer is None:
        return None
    if s.forwarded:
        return []
    if answer.ask_again:
        return [Ask(_again(answer.kind), answer.purposes, Source.ANSWER)]
    if answer.choice == Choice.CHOOSE:
        return [Ask("consent", (purpose,), Source.ANSWER) for purpose in answer.purposes]
    if answer.choice == Choice.NO:
        return _no(answer)
    given = (answer.picked,) if answer.picked else answer.purposes
    return [*_take_back(answer), *_give(given, answer.stale, Source.ANSWER)]


def _again(kind: str) -> str:
    # An offer to keep something is made once, by the stop's confirmation; later it is a plain question.
    return "consent" if kind == "keep" else kind


def _no(answer: Answer) -> list[Action]:
    if answer.kind == "keep":
        return []  # all of it is stopped already
    return [*_take_back(answer), Refuse(answer.purposes, Source.ANSWER), Say("refused", answer.purposes)]


def _take_back(answer: Answer) -> list[Action]:
    return [TakeBack()] if answer.kind == "was_that_you" else []


def _give(purposes: tuple[str, ...], stale: frozenset[str], source: Source) -> list[Action]:
    """The act goes on record; for what was stopped since it was asked, it counts for nothing: ask anew."""
    fresh = tuple(p for p in purposes if p not in stale)
    anew = tuple(p for p in purposes if p in stale)
    actions: list[Action] = [Give(purposes, source)]
    if fresh:
        actions.append(Say("thanks", fresh))
    if anew:
        actions.append(Ask("consent", anew, source))
    return actions


def _code(s: Situation) -> list[Action] | None:
    code = s.code
    if code is None:
        return None
    if code.rest == Rest.STOP:
        return _stopped(s)
    if code.rest == Rest.NO:
        return [Refuse(code.purposes, Source.CODE), Say("refused", code.purposes)]
    if code.expired and s.typed_purposes:
        return [Ask("was_that_you", s.typed_purposes, Source.TYPED)]
    if code.typed == Typed.OTHER and code.settled:
        return [Say("already", code.purposes)]
    if code.typed == Typed.OTHER:
        return [Ask("was_that_you", code.purposes, Source.CODE)]
    if s.forwarded or code.expired or code.rest == Rest.OTHER:
        return [Ask("consent", code.purposes, Source.CODE)]
    return _give(code.purposes, code.stale, Source.CODE)


def _stop(s: Situation) -> list[Action] | None:
    return _stopped(s) if s.stop else None


def _stopped(s: Situation) -> list[Action]:
    kept = s.allowed[:KEEP_AT_MOST]
    return [Stop(), Ask("keep", kept) if kept else Say("stopped")]


def _start(s: Situation) -> list[Action] | None:
    return _ask_for_the_rest(s) if s.start and not s.forwarded else None


def _join(s: Situation) -> list[Action] | None:
    return _ask_for_the_rest(s) if s.join and not s.forwarded else None


def _ask_for_the_rest(s: Situation) -> list[Action]:
    """START and join words make no event: they ask about what is not allowed now."""
    missing = _missing(s)
    return [Ask("consent", missing)] if missing else [Say("already", s.purposes)]


def _missing(s: Situation) -> tuple[str, ...]:
    return tuple(purpose for purpose in s.purposes if purpose not in s.allowed)


def _help(s: Situation) -> list[Action] | None:
    return [Say("help")] if s.help else None


def _failed_code(s: Situation) -> list[Action] | None:
    if not s.failed_code:
        return None
    if s.typed_purposes:
        return [Ask("was_that_you", s.typed_purposes, Source.TYPED)]
    missing = _missing(s)
    return [Ask("consent", missing)] if missing else []


def _typed_number(s: Situation) -> list[Action] | None:
    if not s.typed_purposes or s.typed_was_asked:
        return None
    return [Ask("was_that_you", s.typed_purposes, Source.TYPED)]
