"""The ways to stop, as rules of the dialogue: they come before everything else. Pure, as it is."""

from channels_capture.moves import (
    Action,
    Ask,
    Choice,
    Doubt,
    LeaveInPeace,
    NotMe,
    Rest,
    Say,
    Situation,
    Source,
    Stop,
    TakeBack,
    Typed,
)

KEEP_AT_MOST = 3


def stopped(s: Situation) -> list[Action] | None:
    """What a message leads to that stops something, or may have been meant to."""
    if s.stop or (s.code and s.code.rest == Rest.STOP):
        return [Stop(), *_with_the_code(s), *confirmed(s)]
    if s.not_me:
        return [NotMe(), *_with_the_code(s), *([] if s.outlived else [Say("not_me")])]
    if s.loss:
        return _after_a_loss(s)
    if s.narrowed:
        left = tuple(purpose for purpose in s.narrowed if purpose not in s.outlived)
        return [Stop(s.narrowed), *([Say("refused", left)] if left else [])]
    if s.nearly:
        return [*([Stop(s.marketing)] if s.marketing else []), Ask("scope", (), again=True)]
    # Beside a code it holds marketing back as well, and the code has its one question.
    return [Doubt()] if s.unsure and not s.code else None


def _with_the_code(s: Situation) -> list[Action]:
    return take_back(s.code.typed, Choice.NO, Source.CODE) if s.code else []


def confirmed(s: Situation) -> list[Action]:
    """One confirmation, which offers to keep single purposes. A stop that comes late is not news."""
    if s.outlived:
        return []
    kept = s.allowed[:KEEP_AT_MOST]
    return [Ask("keep", kept, again=True) if kept else Say("stopped")]


def _after_a_loss(s: Situation) -> list[Action]:
    """These messages stop without a question. Support is one, of its own, which nobody need answer."""
    stop: list[Action] = [Stop(s.loss, is_private=True), LeaveInPeace(), Say("loss")]
    offered = tuple(purpose for purpose in s.support if purpose not in s.allowed)
    return [*stop, Ask("consent", offered, again=True)] if offered else stop


def take_back(typed: Typed, choice: Choice, source: Source) -> list[Action]:
    """A code that another number has proves nothing for the typed one; neither does "that was not me"."""
    is_wrong = typed == Typed.OTHER or (typed == Typed.SAME and choice == Choice.NO)
    return [TakeBack(source)] if is_wrong else []
