"""The dialogue's rules over every situation: what always stops, and who is forgotten."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_capture.dialogue import decide
from channels_capture.moves import (
    Ask,
    AskLater,
    Doubt,
    Drop,
    Forget,
    Give,
    LeaveInPeace,
    NotMe,
    Refuse,
    Rest,
    Say,
    Source,
    Stop,
    Wait,
)
from tests.situations import (
    few,
    is_yes,
    of,
    says_stop,
    sets,
    situations,
    some,
)

pytestmark = pytest.mark.once


@given(situations)
def test_a_stop_word_in_any_situation_ends_stopped(situation):
    actions = decide(situation)
    if says_stop(situation):
        assert actions[0] == Stop()
        assert not of(actions, Give, Refuse, Wait, AskLater, Forget)
        assert {ask.kind for ask in of(actions, Ask)} <= {"keep"}


@given(situations)
def test_everything_stops_by_a_stop_word_or_a_yes_to_whether_it_shall_alone(situation):
    actions = decide(situation)
    if of(actions, Stop):
        kind = situation.answer.kind if is_yes(situation) else ""
        assert says_stop(situation) or kind == "scope" or (kind == "forget" and situation.is_held)
        assert not of(actions, Give, Refuse)


@given(situations)
def test_whoever_says_yes_to_whether_everything_shall_stop_is_stopped_and_a_no_closes_the_question(situation):
    answer = situation.answer
    if says_stop(situation) or situation.forwarded or answer is None or answer.kind != "scope":
        return
    actions = decide(situation)
    if is_yes(situation):
        assert actions[0] == Stop()
    elif answer.expired or answer.unclear:
        assert actions == [Ask("scope", (), Source.ANSWER, again=answer.unclear)]
    else:
        assert actions == [Drop(), Say("scope_kept")]


@given(situations)
def test_nobody_is_forgotten_without_a_yes_to_just_that(situation):
    actions = decide(situation)
    for forget in of(actions, Forget):
        assert is_yes(situation)
        assert situation.answer.kind == "forget"
        assert forget.now != situation.is_held
    if situation.forget and not says_stop(situation) and situation.answer is None:
        assert actions == [Ask("forget", (), again=True)]


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
    if heard.code and heard.code.rest != Rest.STOP:
        # Only what stands beside a code, and is neither yes nor no, may come near a stop.
        heard = replace(heard, code=replace(heard.code, rest=Rest.OTHER), answer=None, forget=False)
    actions = decide(heard)
    if not {"narrowed", "nearly", "unsure", "not_me", "loss"} & set(way):
        return
    assert not of(actions, Give, Refuse)
    if says_stop(heard):
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
    elif heard.code is None:
        assert actions == [Doubt()]
    else:
        assert actions[0] == Doubt()


@given(situations)
def test_a_stop_is_confirmed_once_and_offers_to_keep_at_most_three(situation):
    actions = decide(situation)
    if Stop() in actions:
        replies = of(actions, Say, Ask)
        assert len(replies) <= 1
        assert all(len(ask.purposes) <= 3 and set(ask.purposes) <= set(situation.allowed)
                   for ask in of(replies, Ask))  # fmt: skip


@given(situations)
def test_whoever_stopped_later_is_asked_about_nothing(situation):
    for action in of(decide(situation), Ask):
        assert not set(action.purposes) & situation.later
