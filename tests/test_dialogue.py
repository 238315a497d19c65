"""The dialogue's rules over every situation: what never gives, and what is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_capture.dialogue import decide
from channels_capture.moves import (
    Ask,
    AskLater,
    Give,
    Refuse,
    Say,
    Situation,
    Stop,
    TakeBack,
    Typed,
    Wait,
)
from tests.situations import (
    few,
    is_counting_code,
    is_yes_to_consent,
    of,
    says_stop,
    sets,
    situations,
    some,
)

pytestmark = pytest.mark.once


@given(situations)
def test_nothing_is_given_without_a_yes_to_an_open_question_or_a_code_that_counts(situation):
    if of(decide(situation), Give):
        assert is_yes_to_consent(situation) or is_counting_code(situation)


@given(situations)
def test_what_is_given_was_asked_or_chosen(situation):
    for give in of(decide(situation), Give):
        about = situation.answer if give.source == "answer" else situation.code
        assert set(give.purposes) <= set(about.purposes)
        if situation.answer and situation.answer.picked:
            assert give.purposes == (situation.answer.picked,)


@given(situations)
def test_a_code_in_stock_waits_and_one_of_staffs_own_confirms_nothing(situation):
    code = situation.code
    if code is None or says_stop(situation) or situation.answer or situation.forget:
        return
    actions = decide(situation)
    if code.in_stock:
        assert bool(of(actions, Wait)) != code.expired
    if code.in_stock or code.by_own:
        assert not of(actions, Give)


@given(situations)
def test_an_ads_first_message_agrees_to_nothing_and_its_question_waits_for_its_turn(situation):
    is_plain = situation.answer is None and situation.code is None and not situation.asks_to_join
    if not is_plain or says_stop(situation) or situation.forget or situation.help or not situation.from_ad:
        return
    (*later,) = decide(situation)
    assert len(later) <= 1
    for action in later:
        assert isinstance(action, AskLater)
        assert set(action.purposes) == set(situation.purposes) - set(situation.allowed) - situation.in_peace


@given(situations)
def test_a_forwarded_message_gives_refuses_and_takes_back_nothing(situation):
    actions = decide(situation)
    if situation.forwarded and Stop() not in actions:
        assert not of(actions, Give, Refuse, TakeBack)


@given(situations)
def test_start_and_join_words_make_no_event(situation):
    says_more = situation.code or situation.answer or situation.stop or situation.forget
    if situation.asks_to_join and not says_more:
        actions = decide(situation)
        assert not of(actions, Give, Refuse, Stop, TakeBack)
        fine = set(situation.allowed) - set(situation.renewable)
        assert all(fine.isdisjoint(ask.purposes) for ask in of(actions, Ask))


@given(situations)
def test_a_code_made_for_another_number_gives_nothing(situation):
    if situation.code and situation.code.typed == Typed.OTHER and not situation.answer:
        assert not of(decide(situation), Give)


@given(situations)
def test_what_was_typed_for_the_sender_is_taken_back_by_their_no_alone(situation):
    if of(decide(situation), TakeBack):
        source = situation.answer if situation.answer and Stop() not in decide(situation) else situation.code
        said_no = situation.stop or getattr(source, "choice", "no") == "no"
        assert source.typed == Typed.OTHER or (source.typed == Typed.SAME and said_no)


@given(situations)
def test_no_failed_code_is_a_dead_end(situation):
    """Whoever sends a code, or our sentence without one, hears of it: unless a later stop forbids it."""
    was_tried = situation.code or (situation.failed_code and situation.named_purposes)
    # What an ad fills in is nobody's try; its own question comes later.
    if was_tried and not situation.answer and not situation.later and not situation.from_ad:
        replies = of(decide(situation), Ask, Say, Wait)
        assert replies or situation.outlived


@given(situations)
def test_what_counts_for_nothing_since_a_stop_is_asked_anew(situation):
    actions = decide(situation)
    for give in of(actions, Give):
        stale = (situation.answer if give.source == "answer" else situation.code).stale
        asked = {purpose for ask in of(actions, Ask) for purpose in ask.purposes}
        assert set(give.purposes) & stale <= asked | situation.later
        assert not asked - stale


@given(st.builds(Situation, renewable=few, in_peace=sets, may_bring_up=st.booleans()))
def test_what_is_due_is_asked_about_after_an_ordinary_message_but_for_what_is_left_in_peace(situation):
    due = tuple(purpose for purpose in situation.renewable if purpose not in situation.in_peace)
    asked = [Ask("consent", due, unbidden=True)]
    assert decide(situation) == (asked if due and situation.may_bring_up else [])


@given(st.builds(Situation, purposes=few, allowed=some, later=sets, forwarded=st.booleans()))
def test_a_message_that_is_none_of_these_is_left_alone(situation):
    assert decide(situation) == []


@given(situations)
def test_every_action_names_purposes_and_no_question_is_empty(situation):
    for action in of(decide(situation), Give, Refuse, Ask, AskLater):
        about_all = isinstance(action, Ask) and action.kind in ("scope", "forget")
        assert bool(action.purposes) != about_all
