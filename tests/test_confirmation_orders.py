"""Confirmation in whatever order messages arrive, once or several times; and the vendor's clock."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from optins.models import ConsentEvent
from tests.clinic import SIPHO, THANDI

pytestmark = pytest.mark.once

# What the person did and when (in seconds): the code was made at 100.
# name: (messages as {what: sent at}, events in any order, gate)
HISTORIES = {
    "a code": ({"code": 110}, "given", "consent"),
    "a code, sent twice": ({"code": 110, "code again": 150}, "given", "consent"),
    "a stop before the code was made": ({"stop": 90, "code": 110}, "given withdrawn", "consent"),
    "a stop between making and sending": ({"stop": 105, "code": 110}, "given withdrawn", "withdrawn"),
    "a stop in the second in which it was made": ({"stop": 100, "code": 110}, "given withdrawn", "withdrawn"),
    "a stop in the second in which it was sent": ({"code": 110, "stop": 110}, "given withdrawn", "withdrawn"),
    "a stop after the code": ({"code": 110, "stop": 120}, "given withdrawn", "withdrawn"),
    "a stop between two copies": (
        {"code": 110, "stop": 120, "code again": 130},
        "given withdrawn",
        "withdrawn",
    ),
    "no to the code after yes": ({"code": 110, "no": 120}, "given refused", "refused"),
    "yes to the code after no": ({"no": 110, "code": 120}, "given refused", "refused"),
}
CASES = [
    pytest.param(history, order, id=f"{history}: {', '.join(order)}")
    for history, (sent, *_) in HISTORIES.items()
    for order in permutations(sent)
]


@pytest.mark.parametrize("number", ["", f"+{THANDI}"], ids=["nothing typed", "number typed"])
@pytest.mark.parametrize(("history", "order"), CASES)
def test_the_order_of_arrival_changes_nothing(clinic, history, order, number):
    sent, events, gate = HISTORIES[history]
    start = timezone.now().replace(microsecond=0) - timedelta(minutes=10)
    sentence = clinic.choose("health-tips", number=number, at=start + timedelta(seconds=100.4))
    texts = {"stop": "STOP", "no": f"No {sentence[-8:]}"}
    for what in (*order, *order):
        clinic.write(texts.get(what, sentence), id=what, at=start + timedelta(seconds=sent[what]))
    assert sorted(kind for kind, *_ in clinic.events()) == events.split()
    assert clinic.gate("health-tips")["reason"] == gate


def test_a_code_that_arrives_after_a_later_stop_brings_no_question(clinic):
    now = timezone.now()
    sentence = clinic.choose("health-tips", at=now - timedelta(seconds=60))
    clinic.write("STOP", at=now - timedelta(seconds=20))
    clinic.write(sentence, at=now - timedelta(seconds=40))
    assert [reply.request for reply in clinic.replies()] == [None]  # the stop's confirmation


def test_a_join_word_that_arrives_after_a_later_stop_brings_no_question(clinic):
    now = timezone.now()
    clinic.write("STOP", at=now - timedelta(seconds=20))
    clinic.write("JOIN", at=now - timedelta(seconds=40))
    assert len(clinic.replies()) == 1


def test_a_stop_that_arrives_after_a_later_yes_says_nothing_that_is_not_so(clinic):
    now = timezone.now()
    clinic.write(clinic.choose("health-tips", at=now - timedelta(seconds=30)), at=now)
    before = len(clinic.replies())
    clinic.write("STOP", at=now - timedelta(seconds=60))
    assert clinic.gate("health-tips")["decision"] == "allow"
    assert len(clinic.replies()) == before


def test_a_code_sent_in_the_second_in_which_it_was_made_counts(clinic):
    made_at = timezone.now().replace(microsecond=900_000) - timedelta(seconds=60)
    clinic.write(clinic.choose("health-tips", at=made_at), at=made_at.replace(microsecond=0))
    assert clinic.gate("health-tips")["decision"] == "allow"
    event = ConsentEvent.objects.get()
    assert event.occurred_at == event.asked_at == made_at
    assert event.evidence.get(part="act").payload["message"]["timestamp"] == str(int(made_at.timestamp()))


def test_a_stop_wins_its_second_against_the_code_sent_in_it(clinic):
    at = timezone.now().replace(microsecond=0)
    clinic.write(clinic.choose("health-tips", at=at), at=at)
    clinic.write("STOP", at=at)
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


@pytest.fixture
def one_second(time_machine):
    """Everything happens within one second, until it is moved on."""
    time_machine.move_to(timezone.now().replace(microsecond=500_000), tick=False)
    return time_machine


def test_join_yes_and_stop_within_one_second_end_with_the_stop(clinic, one_second):
    clinic.write("JOIN")
    clinic.write("yes")
    assert clinic.gate()["decision"] == "allow"
    clinic.write("STOP")
    assert clinic.gate()["reason"] == "withdrawn"
    clinic.tap_button("Appointment")
    assert clinic.gate()["decision"] == "allow"
    clinic.write("STOP")
    assert clinic.gate()["reason"] == "withdrawn"


def test_a_question_is_not_answered_after_a_stop_in_its_second(clinic, one_second):
    clinic.write("JOIN")
    clinic.write("STOP")
    clinic.write(button=clinic.replies()[0].buttons[0])
    assert clinic.gate()["reason"] == "withdrawn"


def test_a_late_copy_of_a_stop_undoes_no_later_yes(clinic, one_second):
    sentence = clinic.choose("health-tips", at=timezone.now())
    stopped_at = timezone.now()
    clinic.write("STOP")
    clinic.write(sentence)
    one_second.shift(2)
    clinic.write("yes")
    one_second.shift(60)
    clinic.write("STOP", at=stopped_at, id="a copy")
    assert clinic.gate("health-tips")["decision"] == "allow"


@pytest.mark.parametrize("behind", [-300, -5, 5, 300], ids=lambda s: f"clock {s} seconds behind")
def test_a_vendors_wrong_clock_loses_neither_yes_nor_stop(clinic, behind):
    now = timezone.now() - timedelta(seconds=behind)
    sentence = clinic.choose("health-tips")
    clinic.write(sentence, at=now)
    assert clinic.gate("health-tips")["decision"] == "allow"
    clinic.write("STOP", at=now + timedelta(seconds=1))
    assert clinic.gate("health-tips")["reason"] == "withdrawn"
    clinic.tap_button("Health", at=now + timedelta(seconds=2))
    assert clinic.gate("health-tips")["decision"] == "allow"
    clinic.write("STOP", at=now + timedelta(seconds=3))
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


@pytest.mark.parametrize("behind", [5, 300])
def test_a_clock_that_is_behind_lets_no_code_pass_a_stop_that_was_sent_after_it(clinic, behind):
    now = timezone.now() - timedelta(seconds=behind)
    sentence = clinic.choose("health-tips")
    clinic.write("STOP", at=now + timedelta(seconds=1))
    clinic.write(sentence, at=now)
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


def test_no_act_is_later_than_its_arrival_by_more_than_a_second(clinic):
    clinic.write("JOIN", at=timezone.now() + timedelta(days=1))
    clinic.write("yes", at=timezone.now() + timedelta(days=1))
    for event in ConsentEvent.objects.all():
        assert event.occurred_at <= event.received_at + timedelta(seconds=1)


def test_a_yes_that_was_sent_before_its_question_is_no_answer_and_the_next_one_is(clinic):
    now = timezone.now() - timedelta(minutes=10)
    clinic.write("JOIN", at=now + timedelta(minutes=1))
    clinic.write("yes", at=now)
    assert clinic.events() == []
    assert len(clinic.replies()) == 2
    clinic.write("yes", at=now + timedelta(minutes=2))
    assert [kind for kind, *_ in clinic.events()] == ["given", "given"]


def test_a_message_too_late_to_answer_puts_no_question(clinic):
    clinic.write("JOIN", at=timezone.now() - timedelta(hours=25))
    assert clinic.replies() == []
    clinic.write("yes")
    assert clinic.events() == []


def test_a_late_yes_counts_although_nothing_can_be_replied(clinic):
    day_ago = timezone.now() - timedelta(hours=25)
    sentence = clinic.choose("health-tips", at=day_ago - timedelta(hours=1))
    clinic.write(sentence, at=day_ago)
    assert clinic.gate("health-tips")["decision"] == "allow"
    assert clinic.replies() == []


def test_copies_to_another_number_stay_with_that_number(clinic):
    sentence = clinic.choose("health-tips")
    clinic.write(sentence)
    clinic.write(sentence, person=SIPHO)
    clinic.write("STOP", person=SIPHO)
    assert clinic.gate("health-tips")["decision"] == "allow"
    assert clinic.gate("health-tips", phone=f"+{SIPHO}")["reason"] == "withdrawn"
