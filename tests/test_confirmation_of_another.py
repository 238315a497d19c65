"""Rule 2, 6 and 7: a code made for A that B sends, no code at all, and what was reported without proof."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from optins.models import ConsentEvent, ConsentRequest, Purpose
from tests.clinic import BSUID, SIPHO, THANDI

pytestmark = pytest.mark.once

A, B = f"+{THANDI}", f"+{SIPHO}"


@pytest.fixture
def reported(clinic):
    """An API call says that A agreed to everything; tips need no confirmation. B has the code."""
    Purpose.objects.filter(key="health-tips").update(requires_confirmation=False)
    body = {"phone": A, "channel": "riverside-web", "purposes": "all", "action": "give"}
    clinic.code = clinic.api("consents", body).json()["request"]["code"]
    assert clinic.gate("health-tips")["decision"] == "allow"
    assert clinic.gate()["reason"] == "unconfirmed"
    return clinic


@pytest.mark.parametrize("answer", ["Yes", "No"])
@pytest.mark.parametrize("who", [{"person": SIPHO}, {"person": "", "bsuid": BSUID}], ids=["number", "BSUID"])
def test_bs_answer_takes_back_what_was_reported_for_a(reported, who, answer):
    reported.write(reported.code, **who)
    assert reported.gate("health-tips")["decision"] == "allow"
    reported.tap_button(answer, **who)
    assert reported.gate("health-tips")["reason"] == "no_record"
    assert reported.gate()["reason"] == "no_record"
    voided = ConsentEvent.objects.filter(kind="invalidated")
    given = ConsentEvent.objects.filter(kind="given", proved=False)
    assert sorted(e.voids for e in voided) == sorted(e.key for e in given)
    theirs = {"phone": B} if who["person"] else {"bsuid": BSUID}
    assert reported.gate(**theirs)["reason"] == ("consent" if answer == "Yes" else "refused")


@pytest.mark.parametrize("text", ["No {}", "{} stop"])
def test_no_or_stop_with_the_code_takes_it_back_too(reported, text):
    reported.write(text.format(reported.code), person=SIPHO)
    assert reported.gate("health-tips")["reason"] == "no_record"


def test_a_choice_of_purposes_takes_it_back_too(clinic):
    body = {"phone": A, "channel": "riverside-web", "purposes": "all", "action": "give"}
    code = clinic.api("consents", body).json()["request"]["code"]
    clinic.write(code, person=SIPHO)
    clinic.tap_button("Let me", person=SIPHO)
    clinic.tap_button("Yes", person=SIPHO)
    assert ConsentEvent.objects.filter(kind="invalidated").count() == 2
    assert clinic.gate("health-tips", phone=B)["decision"] == "allow"
    assert clinic.gate("appointment-reminders", phone=B)["reason"] == "no_record"


def test_a_forwarded_no_takes_nothing_back(reported):
    reported.write(f"No {reported.code}", person=SIPHO, forwarded=True)
    assert reported.gate("health-tips")["decision"] == "allow"


def test_as_own_code_confirms_and_takes_nothing_back(reported):
    reported.write(reported.code)
    assert reported.gate()["decision"] == "allow"
    assert not ConsentEvent.objects.filter(kind="invalidated").exists()


def test_a_without_the_code_confirms_by_yes_and_takes_nothing_back(reported):
    reported.write("Hello")
    assert reported.replies()[-1].request.kind == "was_that_you"
    reported.tap_button("Yes")
    assert reported.gate()["decision"] == "allow"
    assert not ConsentEvent.objects.filter(kind="invalidated").exists()


def test_a_who_says_that_it_was_not_them_takes_it_back(reported):
    reported.write("Hello")
    reported.tap_button("No")
    assert ConsentEvent.objects.filter(kind="invalidated", reason="not_me").count() == 2
    assert reported.gate()["reason"] == "refused"


def test_what_b_says_to_as_form_leaves_a_free_to_answer(clinic):
    sentence = clinic.choose("health-tips", number=A)
    clinic.write(sentence, person=SIPHO)
    clinic.tap_button("No", person=SIPHO)
    clinic.write(sentence)
    assert clinic.gate("health-tips")["decision"] == "allow"
    assert clinic.gate("health-tips", phone=B)["reason"] == "refused"


def test_b_is_asked_once_and_reads_no_digit_of_as_number(clinic):
    sentence = clinic.choose("health-tips", "appointment-reminders", number=A)
    for text in (sentence, sentence, sentence[-8:], f"What is {sentence[-8:]}?"):
        clinic.write(text, person=SIPHO)
    assert len(clinic.replies(SIPHO)) == 1
    clinic.tap_button("Let me", person=SIPHO)
    clinic.tap_button("No", person=SIPHO)
    clinic.write(sentence, person=SIPHO)
    for reply in clinic.replies(SIPHO):
        titles = "".join(button["title"] for button in reply.buttons)
        digits = re.sub(r"\D", "", reply.text + titles)  # those of our own small print
        assert A[-4:] not in digits


def test_b_who_said_yes_is_told_so_when_the_code_comes_again(clinic):
    sentence = clinic.choose("health-tips", number=A)
    clinic.write(sentence, person=SIPHO)
    clinic.tap_button("Yes", person=SIPHO)
    before = clinic.events()
    clinic.write(sentence, person=SIPHO)
    assert clinic.events() == before
    assert clinic.replies(SIPHO)[-1].buttons == []


def test_b_who_said_no_is_asked_anew_when_they_send_the_code_again(clinic):
    sentence = clinic.choose("health-tips", number=A)
    clinic.write(sentence, person=SIPHO)
    clinic.tap_button("No", person=SIPHO)
    clinic.write(sentence, person=SIPHO, at=timezone.now() + timedelta(seconds=2))
    clinic.tap_button("Yes", person=SIPHO)
    assert clinic.gate("health-tips", phone=B)["decision"] == "allow"


def test_a_message_without_the_code_asks_once_whether_that_was_them(clinic):
    clinic.choose("health-tips", number=A)
    for text in ("Hello", "When is my appointment?", "👍"):
        clinic.write(text)
    assert [reply.request.kind for reply in clinic.replies()] == ["was_that_you"]
    assert clinic.contacts() == 0


@pytest.mark.parametrize("settle", ["the code", "a stop", "another way"])
def test_nobody_is_asked_about_what_is_settled(clinic, settle):
    sentence = clinic.choose("health-tips", number=A)
    other = clinic.choose("health-tips")
    clinic.write({"the code": sentence, "a stop": "STOP", "another way": other}[settle])
    before = len(clinic.replies())
    clinic.write("Hello")
    assert len(clinic.replies()) == before


@pytest.mark.parametrize("number", ["", A, B], ids=["nothing typed", "their number", "another's"])
def test_an_expired_code_asks_and_yes_counts(clinic, number):
    old = timezone.now() - timedelta(days=8)
    clinic.write(clinic.choose("health-tips", number=number, at=old))
    assert clinic.contacts() == 0
    clinic.write("yes")
    assert clinic.gate("health-tips")["decision"] == "allow"


def test_an_expired_code_from_a_number_with_an_open_request_asks_about_that(clinic):
    old = clinic.choose("appointment-reminders", at=timezone.now() - timedelta(days=8))
    clinic.choose("health-tips", number=A)
    clinic.write(old)
    question = clinic.replies()[-1].request
    assert (question.kind, [p.key for p in question.purposes.all()]) == ("was_that_you", ["health-tips"])


def test_an_expired_code_of_somebody_who_is_allowed_says_so(clinic):
    sentence = clinic.choose("health-tips")
    clinic.write(sentence)
    ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    clinic.write(sentence)
    assert "already" in clinic.replies()[-1].text
