"""What the dialogue reads and what it can decide: plain values."""

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


class Source(StrEnum):
    """What an act or a question goes back to."""

    CODE = "code"
    ANSWER = "answer"
    TYPED = "typed"
    AD = "ad"
    JOIN = "join"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Code:
    """A code in the message. ``stale``: those of its purposes that were stopped since it was made;
    ``settled``: whoever sent it has already said yes to the question that it led to. ``in_stock``: a device
    has it, and what was chosen has not been uploaded; ``by_own``: staff made it, and a number of staff or of
    the organisation sent it.
    """

    purposes: tuple[str, ...]
    typed: Typed = Typed.NONE
    rest: Rest = Rest.PLAIN
    expired: bool = False
    settled: bool = False
    stale: frozenset[str] = frozenset()
    in_stock: bool = False
    by_own: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of ours and what the message answers to it; ``picked`` is one purpose of several.

    ``unclear``: it may be meant for another question. ``typed``: the number typed where the code was made
    that led to the question.
    """

    kind: str
    purposes: tuple[str, ...]
    choice: Choice
    picked: str = ""
    expired: bool = False
    unclear: bool = False
    typed: Typed = Typed.NONE
    stale: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the rules need to know of a message and whoever sent it.

    Messages arrive late. ``later``: the purposes that were stopped after this message was sent;
    ``outlived``: should it be a stop, the purposes that were agreed to after it.
    """

    purposes: tuple[str, ...] = ()  # of the channel
    allowed: tuple[str, ...] = ()  # of all there are, what they may be messaged about now
    renewable: tuple[str, ...] = ()  # of the channel's, what they agreed to and is due to be renewed
    may_bring_up: bool = False  # an ordinary message, after which one question of ours may follow
    later: frozenset[str] = frozenset()
    outlived: frozenset[str] = frozenset()
    forwarded: bool = False
    code: Code | None = None
    answer: Answer | None = None
    stop: bool = False
    narrowed: tuple[str, ...] = ()  # a stop, of these purposes alone
    nearly: bool = False  # a message that comes near a stop
    unsure: bool = False  # one that may be one
    marketing: tuple[str, ...] = ()  # of all purposes, those that a near stop stops
    not_me: bool = False
    asked_scope: bool = False  # the last open question is whether everything is to stop
    came_near: bool = False  # they came near a stop once, within a day of this message
    loss: tuple[str, ...] = ()  # what stops at once, where they write of a loss
    support: tuple[str, ...] = ()  # what is offered to them then
    in_peace: frozenset[str] = frozenset()  # what nobody brings up again by themselves
    forget: bool = False  # they ask to be erased
    is_held: bool = False  # a legal hold forbids to erase them
    asks_to_join: bool = False  # START or a join word
    help: bool = False
    failed_code: bool = False  # something meant as a code that is none
    named_purposes: tuple[str, ...] = ()  # by our sentence, where its code is missing
    typed_purposes: tuple[str, ...] = ()  # of an open request into which this number was typed
    typed_was_asked: bool = False
    from_ad: bool = False  # the message that an ad opened the chat with
    ad_purposes: tuple[str, ...] = ()  # to ask about now that what they wanted has been answered
    anything_else: bool = False  # a text to which the channel wants an answer, whatever it is


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
    """These purposes, or without any everything, at once. ``is_private``: what was said is kept nowhere."""

    purposes: tuple[str, ...] = ()
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class NotMe:
    """Whoever writes is not who was meant: everything ends, and stays so for this number."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """It may have been a stop: staff decide, and marketing waits meanwhile."""


@dataclass(frozen=True, slots=True)
class LeaveInPeace:
    """From now on nobody tries to win them back."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase the person, as they asked; or, where that may not be now, leave the request to staff."""

    now: bool = True


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the question that was answered: a later word answers it no more."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Process this message again once what was chosen with its code is known."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take back what was recorded, unproved, for the number that was typed."""

    source: Source


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a question; ``again`` also if the very same is still open, because they asked for it.

    ``unbidden``: they asked for nothing of the kind, and it can as well be asked another time.
    """

    kind: str
    purposes: tuple[str, ...]
    source: Source = Source.NONE
    again: bool = False
    unbidden: bool = False


@dataclass(frozen=True, slots=True)
class AskLater:
    """Ask once what an ad was clicked for has been answered."""

    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    purposes: tuple[str, ...] = ()


Action = (
    Give
    | Refuse
    | Stop
    | NotMe
    | Doubt
    | LeaveInPeace
    | Forget
    | Drop
    | TakeBack
    | Ask
    | AskLater
    | Say
    | Wait
)
