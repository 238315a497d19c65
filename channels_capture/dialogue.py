"""What a chat does with a message: state and input in, actions out. Pure: no database, no clock.

The rules are those of confirmation: whoever sends is who consents; a code says what was chosen, never who;
an answer belongs to its question; a stop comes before everything else; and no failed code is a dead end.
"""

from collections.abc import Callable
from dataclasses import replace

from channels_capture.moves import (
    Action,
    Answer,
    Ask,
    AskLater,
    Choice,
    Code,
    Doubt,
    Drop,
    Forget,
    Give,
    Refuse,
    Rest,
    Say,
    Situation,
    Source,
    Stop,
    Typed,
    Wait,
)
from channels_capture.stopping import confirmed, stopped, take_back

Rule = Callable[[Situation], list[Action] | None]
FORGET, SCOPE = "forget", "scope"


def decide(situation: Situation) -> list[Action]:
    """The actions, in order; none where the message is not about consent."""
    for rule in _RULES:
        actions = rule(situation)
        if actions is not None:
            return _quiet_after(actions, situation.later)
    return []


def _quiet_after(actions: list[Action], stopped: frozenset[str]) -> list[Action]:
    """Acts go on record whenever they arrive; whoever stopped since is asked and told nothing more of it."""
    kept: list[Action] = []
    for action in actions:
        if isinstance(action, Ask | Say) and action.purposes:
            left = tuple(purpose for purpose in action.purposes if purpose not in stopped)
            kept += [replace(action, purposes=left)] if left else []
        else:
            kept.append(action)
    return kept


# An answer


def _answer(s: Situation) -> list[Action] | None:
    answer = s.answer
    if answer is None:
        return None
    if s.forwarded:
        return []
    if answer.expired or answer.unclear:
        return [Ask(_again(answer.kind), answer.purposes, Source.ANSWER, again=answer.unclear)]
    if answer.choice == Choice.CHOOSE:
        return [Ask(_again(answer.kind), (purpose,), Source.ANSWER) for purpose in answer.purposes]
    if answer.kind == FORGET:
        return _forgotten(s) if answer.choice == Choice.YES else [Drop(), Say("forget_kept")]
    if answer.kind == SCOPE:
        return [Stop(), *confirmed(s)] if answer.choice == Choice.YES else [Drop(), Say("scope_kept")]
    if answer.choice == Choice.NO:
        return _no(answer)
    given = (answer.picked,) if answer.picked else answer.purposes
    return [*_taken_back_by(answer), *_give(given, answer.stale, Source.ANSWER)]


def _again(kind: str) -> str:
    # An offer to keep something is made once, by the stop's confirmation; later it is a plain question.
    return "consent" if kind == "keep" else kind


def _no(answer: Answer) -> list[Action]:
    # After a stop all of it is stopped already, and they were told.
    told: list[Action] = [] if answer.kind == "keep" else [Say("refused", answer.purposes)]
    return [*_taken_back_by(answer), Refuse(answer.purposes, Source.ANSWER), *told]


def _taken_back_by(answer: Answer) -> list[Action]:
    if answer.kind != "was_that_you":
        return []
    return take_back(answer.typed, answer.choice, Source.ANSWER)


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


# To be forgotten


def _forget(s: Situation) -> list[Action] | None:
    """It cannot be undone, so it is asked once; without an answer nothing changes."""
    return [Ask(FORGET, (), again=True)] if s.forget else None


def _forgotten(s: Situation) -> list[Action]:
    if s.is_held:
        return [Stop(), Forget(now=False), Say("forget_filed")]
    return [Forget(), Say("forgotten")]


# A code


def _code(s: Situation) -> list[Action] | None:
    if s.code is None:
        return None
    return [*([Doubt()] if s.unsure else []), *_sent(s, s.code)]


def _sent(s: Situation, code: Code) -> list[Action]:
    if code.in_stock:
        return [_ask_for_the_rest(s, s.purposes) if code.expired else Wait()]
    if code.rest == Rest.NO and not s.forwarded:
        taken_back = take_back(code.typed, Choice.NO, Source.CODE)
        return [*taken_back, Refuse(code.purposes, Source.CODE), Say("refused", code.purposes)]
    if code.expired and s.typed_purposes:
        return [Ask("was_that_you", s.typed_purposes, Source.TYPED)]
    if code.by_own:
        # They may say yes for themselves, and are asked apart: it confirms nothing that staff captured.
        return [_ask_for_the_rest(s, code.purposes)]
    if code.typed == Typed.OTHER:
        return [_asked_of_another(code)]
    if s.forwarded or code.expired or code.rest != Rest.PLAIN:
        return [_ask_for_the_rest(s, code.purposes, Source.CODE)]
    return _give(code.purposes, code.stale, Source.CODE)


def _asked_of_another(code: Code) -> Action:
    if code.settled:
        return Say("already", code.purposes)
    return Ask("was_that_you", code.purposes, Source.CODE)


def _ask_for_the_rest(
    s: Situation, purposes: tuple[str, ...], source: Source = Source.NONE, *, again: bool = False
) -> Action:
    """Ask about those of the purposes that are not allowed now; last of all what is not to be brought up.

    What is allowed and due to be renewed is asked about too: it is their own wish to be asked.
    """
    fine = set(s.allowed) - set(s.renewable)
    absent = tuple(purpose for purpose in purposes if purpose not in fine)
    missing = tuple(purpose for purpose in absent if purpose not in s.in_peace) or absent
    return Ask("consent", missing, source, again) if missing else Say("already", purposes)


# Everything else


def _join(s: Situation) -> list[Action] | None:
    """START and join words make no event, nor does the code of a source that may stand beside them."""
    return [_ask_for_the_rest(s, s.purposes, Source.JOIN, again=True)] if s.asks_to_join else None


def _ad(s: Situation) -> list[Action] | None:
    """Neither the click nor the first message is consent, and what they want to know comes first."""
    if s.from_ad:
        known = s.in_peace.union(s.allowed)
        missing = tuple(purpose for purpose in s.purposes if purpose not in known)
        return [AskLater(missing)] if missing else []
    return [Ask("consent", s.ad_purposes, Source.AD, unbidden=True)] if s.ad_purposes else None


def _help(s: Situation) -> list[Action] | None:
    return [Say("help")] if s.help else None


def _failed_code(s: Situation) -> list[Action] | None:
    if not s.failed_code:
        return None
    if s.typed_purposes:
        return [Ask("was_that_you", s.typed_purposes, Source.TYPED)]
    action = _ask_for_the_rest(s, s.named_purposes or s.purposes)
    # What only looks like a code may be anything: it is no reason to tell them what they know.
    return [action] if s.named_purposes or isinstance(action, Ask) else []


def _typed_number(s: Situation) -> list[Action] | None:
    if not s.typed_purposes or s.typed_was_asked:
        return None
    return [Ask("was_that_you", s.typed_purposes, Source.TYPED, unbidden=True)]


def _renew(s: Situation) -> list[Action] | None:
    """What they agreed to long ago, in the session that their own message has opened."""
    due = tuple(purpose for purpose in s.renewable if purpose not in s.in_peace)
    return [Ask("consent", due, unbidden=True)] if due and s.may_bring_up else None


def _anything_else(s: Situation) -> list[Action] | None:
    return [Say("help")] if s.anything_else else None


_RULES: tuple[Rule, ...] = (
    stopped, _answer, _forget, _code, _join, _help, _ad, _failed_code, _typed_number, _renew,
    _anything_else,
)  # fmt: skip
