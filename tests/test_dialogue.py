"""The dialogue's rules over every situation: what never gives, and what always stops."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_capture.dialogue import decide
from channels_capture.moves import (
    Answer,
    Ask,
    Choice,
    Code,
    Doubt,
    Give,
    LeaveInPeace,
    NotMe,
    Refuse,
    Rest,
    Say,
    Situation,
    Stop,
    TakeBack,
    Typed,
)

pytestmark = pytest.mark.once

KEYS = ("reminders", "tips", "surveys", "billing")
some = st.lists(st.sampled_from(KEYS), unique=True, max_size=4).map(tuple)
few = st.lists(st.sampled_from(KEYS), unique=True, min_size=1, max_size=4).map(tuple)
sets = st.frozensets(st.sampled_from(KEYS))
code = st.builds(
    Code,
    purposes=few,
    typed=st.sampled_from(Typed),
    rest=st.sampled_from(Rest),
    expired=st.booleans(),
    settled=st.booleans(),
    stale=sets,
)
QUESTIONS = ("consent", "was_that_you", "keep")
answer = few.flatmap(
    lambda purposes: st.builds(
        Answer,
        kind=st.sampled_from(QUESTIONS),
        purposes=st.just(purposes),
        choice=st.sampled_from(Choice),
        picked=st.sampled_from(["", *purposes]),
        expired=st.booleans(),
        unclear=st.booleans(),
        typed=st.sampled_from(Typed),
        stale=sets,
    )
)
situations = st.builds(
    Situation,
    purposes=few,
    allowed=some,
    renewable=some,
    may_bring_up=st.booleans(),
    later=sets,
    outlived=sets,
    forwarded=st.booleans(),
    code=st.none() | code,
    answer=st.none() | answer,
    stop=st.booleans(),
    asks_to_join=st.booleans(),
    help=st.booleans(),
    failed_code=st.booleans(),
    named_purposes=some,
    typed_purposes=some,
    typed_was_asked=st.booleans(),
    anything_else=st.booleans(),
)


def of(actions, *kinds):
    return [action for action in actions if isinstance(action, kinds)]


def is_yes(situation):
    answer = situation.answer
    return answer and answer.choice == Choice.YES and not answer.expired and not answer.unclear


def is_counting_code(situation):
    code = situation.code
    return code and code.rest == Rest.PLAIN and not code.expired and code.typed != Typed.OTHER


@given(situations)
def test_nothing_is_given_without_a_yes_to_an_open_question_or_a_code_that_counts(situation):
    if of(decide(situation), Give):
        assert is_yes(situation) or is_counting_code(situation)


@given(situations)
def test_what_is_given_was_asked_or_chosen(situation):
    for give in of(decide(situation), Give):
        about = situation.answer if give.source == "answer" else situation.code
        assert set(give.purposes) <= set(about.purposes)
        if situation.answer and situation.answer.picked:
            assert give.purposes == (situation.answer.picked,)


@given(situations)
def test_a_stop_word_stops_in_every_situation_and_gives_nothing(situation):
    says_stop = situation.stop or (
        situation.answer is None and situation.code is not None and situation.code.rest == Rest.STOP
    )
    actions = decide(situation)
    assert not says_stop or actions[0] == Stop()
    if of(actions, Stop):
        assert situation.stop or situation.code.rest == Rest.STOP
        assert not of(actions, Give, Refuse)


ways = st.fixed_dictionaries(
    {},
    optional={
        "narrowed": few,
        "nearly": st.just(True),
        "unsure": st.just(True),
        "not_me": st.just(True),
        "loss": few,
        "support": some,
        "marketing": some,
        "in_peace": sets,
    },
)


@given(situations, ways)
def test_every_other_way_to_stop_comes_first_too_and_gives_and_refuses_nothing(situation, way):
    heard = replace(situation, **way)
    actions = decide(heard)
    if not {"narrowed", "nearly", "unsure", "not_me", "loss"} & set(way):
        return
    assert not of(actions, Give, Refuse)
    if heard.stop or (heard.code and heard.code.rest == Rest.STOP):
        assert actions[0] == Stop()
    elif heard.not_me:
        assert actions[0] == NotMe()
    elif heard.loss:
        assert actions[:2] == [Stop(heard.loss, is_private=True), LeaveInPeace()]
        assert not {purpose for ask in of(actions, Ask) for purpose in ask.purposes} - set(heard.support)
    elif heard.narrowed:
        assert actions[0] == Stop(heard.narrowed)
    elif heard.nearly:
        assert [ask.kind for ask in of(actions, Ask)] == ["scope"]
        assert of(actions, Stop) == ([Stop(heard.marketing)] if heard.marketing else [])
    else:
        assert actions == [Doubt()]


@given(situations)
def test_a_stop_is_confirmed_once_and_offers_to_keep_at_most_three(situation):
    actions = decide(situation)
    if Stop() in actions:
        replies = of(actions, Say, Ask)
        assert len(replies) <= 1
        assert all(len(ask.purposes) <= 3 and set(ask.purposes) <= set(situation.allowed)
                   for ask in of(replies, Ask))  # fmt: skip


@given(situations)
def test_a_forwarded_message_gives_refuses_and_takes_back_nothing(situation):
    actions = decide(situation)
    if situation.forwarded and Stop() not in actions:
        assert not of(actions, Give, Refuse, TakeBack)


@given(situations)
def test_start_and_join_words_make_no_event(situation):
    if situation.asks_to_join and not (situation.code or situation.answer or situation.stop):
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
def test_whoever_stopped_later_is_asked_about_nothing(situation):
    for action in of(decide(situation), Ask):
        assert not set(action.purposes) & situation.later


@given(situations)
def test_no_failed_code_is_a_dead_end(situation):
    """Whoever sends a code, or our sentence without one, hears of it: unless a later stop forbids it."""
    was_tried = situation.code or (situation.failed_code and situation.named_purposes)
    if was_tried and not situation.answer and not situation.later:
        replies = of(decide(situation), Ask, Say)
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
    for action in of(decide(situation), Give, Refuse, Ask):
        assert action.purposes
