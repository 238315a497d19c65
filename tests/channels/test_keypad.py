"""The keypad's rules, whatever is pressed: no yes but by its key at its own question; stop always stops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_capture import keypad
from channels_capture.keypad import Deed, Ending, Script, Step

pytestmark = pytest.mark.once

QUESTION = Step(purpose="reminders", details=(Step(has_more=True), Step(purpose="reminders")))
STEPS = (Step(has_more=True), QUESTION, Step(purpose="tips"))
MENU = (Step(languages=("en", "zu"), has_more=True), Step(languages=("sw",)))
ALONE = Script("en", (), lambda language: STEPS)
SEVERAL = Script("en", MENU, lambda language: STEPS)

scripts = st.sampled_from([ALONE, SEVERAL, keypad.SPEECHLESS])
keys = st.lists(st.sampled_from([*"0123456789", "", "?", "11"]), max_size=12)


def deeds(place):
    return [(act.deed, act.purpose) for act in place.acts]


@pytest.mark.parametrize(
    ("pressed", "expected", "ending"),
    [
        (["0", "1", "2"], [(Deed.GIVE, "reminders"), (Deed.REFUSE, "tips")], Ending.DONE),
        (["0", "1"], [(Deed.GIVE, "reminders")], None),
        (["0", "", "1", "", ""], [(Deed.GIVE, "reminders")], Ending.NO_ANSWER),
        (["0", "", "0", "1"], [], Ending.NO_ANSWER),
        (["1", "1", "1"], [], Ending.NO_ANSWER),  # on a screen that only tells, 1 is no answer
        (["0", "3", "1", "0", "1"], [(Deed.GIVE, "reminders")], None),
        (["0", "3", "0", "3"], [], None),
        (["0", "1", "9", "1"], [(Deed.GIVE, "reminders"), (Deed.STOP, "")], Ending.STOPPED),
        (["9"], [(Deed.STOP, "")], Ending.STOPPED),
    ],
)
def test_keys_lead_where_the_script_says(pressed, expected, ending):
    place = keypad.replay(ALONE, pressed)
    assert (deeds(place), place.ending) == (expected, ending)


def test_a_language_is_chosen_first_and_9_is_none():
    assert keypad.replay(SEVERAL, ["2"]).language == "zu"
    assert keypad.replay(SEVERAL, ["0", "1"]).language == "sw"
    assert keypad.replay(SEVERAL, ["3"]).language == ""
    assert keypad.replay(SEVERAL, ["9"]).ending == Ending.STOPPED


@given(scripts, keys)
def test_no_yes_is_heard_that_was_not_pressed_at_its_own_question(script, pressed):
    place = keypad.replay(script, pressed)
    for act in place.acts:
        before = keypad.replay(script, pressed[: act.number - 1])
        assert pressed[act.number - 1] == act.key
        assert (before.step or Step()) == act.step
        if act.deed == Deed.GIVE:
            assert act.key == keypad.YES
            assert before.step.purpose == act.purpose
            assert before.language == place.language != ""


@given(scripts, keys)
def test_without_the_yes_key_nothing_is_given_and_after_9_nothing_more_happens(script, pressed):
    place = keypad.replay(script, [key for key in pressed if key != keypad.YES])
    assert Deed.GIVE not in {act.deed for act in place.acts}
    stopped = keypad.replay(script, [*pressed, keypad.STOP])
    assert stopped.ending == Ending.STOPPED
    assert stopped.acts[-1].deed == Deed.STOP
    assert keypad.replay(script, [*pressed, keypad.STOP, *pressed]) == stopped


@given(scripts, keys)
def test_each_purpose_is_answered_at_most_once_and_two_wrong_keys_in_a_row_end_it(script, pressed):
    place = keypad.replay(script, pressed)
    answered = [act.purpose for act in place.acts if act.purpose]
    assert len(answered) == len(set(answered))
    assert keypad.replay(script, [*pressed, "", ""]).ending is not None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1", "1"),
        (" 1#", "1"),
        ("١", "1"),
        ("१", "1"),
        ("９", "9"),
        ("", ""),
        ("11", "?"),
        ("yes", "?"),
        ("²", "2"),
    ],
)
def test_a_digit_of_any_script_is_its_key(text, key):
    assert keypad.read(text) == key
