"""STOP, what may be kept, START and join words."""

import pytest

from optins.models import CaptureChannel, ConsentRequest, NoticeVersion, OutboundMessage, Purpose
from tests.clinic import THANDI

pytestmark = pytest.mark.once

BOTH = ("appointment-reminders", "health-tips")


def allowed(clinic):
    keys = clinic.organisation.purposes.values_list("key", flat=True)
    return {key for key in keys if clinic.gate(key)["decision"] == "allow"}


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Stop!!", "ＳＴＯＰ", "ЅТОР", "🛑", "Berhenti", "退订"])
def test_a_stop_word_stops_everything_at_once(clinic, word):
    clinic.write(clinic.choose(*BOTH))
    clinic.write(word)
    assert allowed(clinic) == set()


def test_a_caption_that_says_stop_is_a_stop(clinic):
    clinic.write(clinic.choose(*BOTH))
    clinic.write_raw(type="image", image={"id": "1", "caption": "Stop"})
    assert allowed(clinic) == set()


def test_a_templates_button_without_an_id_says_what_its_words_say(clinic):
    clinic.write(clinic.choose(*BOTH))
    clinic.write_raw(type="button", button={"payload": None, "text": "Stop"}, context={"id": "template"})
    assert allowed(clinic) == set()


def test_a_stop_answers_no_question_but_stops(clinic):
    clinic.write("JOIN")
    clinic.write("stop")
    assert clinic.events() == [("withdrawn", None, True)]


def test_a_stop_is_kept_before_anybody_is_known(clinic):
    clinic.write("STOP")
    assert clinic.gate()["reason"] == "withdrawn"
    assert [reply.buttons for reply in clinic.replies()] == [[]]


def test_three_purposes_may_be_kept_by_a_tap_each_and_a_fourth_by_start(clinic):
    for key in ("surveys", "billing"):
        purpose = Purpose.objects.create(
            organisation=clinic.organisation, key=key, titles={"en": key}, category="utility", position=9
        )
        clinic.thread.purposes.add(purpose)
    clinic.write("JOIN")
    clinic.write("yes")
    clinic.write("STOP")
    assert [button["title"] for button in clinic.replies()[-1].buttons] == [
        "Appointment reminde…",
        "Health tips",
        "Billing",
    ]
    clinic.tap_button("Billing")
    clinic.tap_button("Health")
    assert allowed(clinic) == {"billing", "health-tips"}
    clinic.write("START")
    clinic.write("yes")
    assert allowed(clinic) == {*BOTH, "surveys", "billing"}


def test_a_second_stop_stops_what_was_kept(clinic):
    clinic.write(clinic.choose(*BOTH))
    clinic.write("STOP")
    clinic.tap_button("Health")
    clinic.write("STOP")
    assert allowed(clinic) == set()
    assert [button["title"] for button in clinic.replies()[-1].buttons] == ["Health tips"]


def test_yes_to_the_only_one_that_may_be_kept_keeps_it(clinic):
    clinic.write(clinic.choose("health-tips"))
    clinic.write("STOP")
    clinic.write("yes")
    assert allowed(clinic) == {"health-tips"}


def test_yes_to_several_that_may_be_kept_is_asked_again(clinic):
    clinic.write(clinic.choose(*BOTH))
    clinic.write("STOP")
    clinic.write("yes")
    assert allowed(clinic) == set()
    clinic.write("yes")
    assert allowed(clinic) == {*BOTH}


def test_no_to_what_may_be_kept_closes_the_offer(clinic):
    clinic.write(clinic.choose("health-tips"))
    clinic.write("STOP")
    clinic.write("no")
    before = len(clinic.replies())
    clinic.write("yes")
    assert allowed(clinic) == set()
    assert clinic.replies()[before:] != []  # they changed their mind: asked anew


def test_start_after_a_stop_is_answered_by_one_yes_although_the_offer_is_open(clinic):
    clinic.write(clinic.choose(*BOTH))
    clinic.write("STOP")
    clinic.write("START")
    clinic.write("yes")
    assert allowed(clinic) == {*BOTH}


@pytest.mark.parametrize("word", ["START", "JOIN", "Hi clinic", "join please", "Subscribe"])
@pytest.mark.parametrize("forwarded", [False, True])
def test_start_and_join_words_ask_about_what_is_not_allowed_and_give_nothing(clinic, word, forwarded):
    clinic.write(clinic.choose("health-tips"))
    clinic.write(word, forwarded=forwarded)
    question = clinic.replies()[-1]
    assert [p.key for p in question.request.purposes.all()] == ["appointment-reminders"]
    assert "Riverside Clinic" in question.text
    assert "WhatsApp" in question.text
    assert "STOP" in question.text
    assert allowed(clinic) == {"health-tips"}


def test_start_of_somebody_who_has_everything_says_so(clinic):
    clinic.write(clinic.choose(*BOTH))
    clinic.write("START")
    assert "already" in clinic.replies()[-1].text
    assert clinic.replies()[-1].buttons == []


def test_a_join_word_inside_a_long_message_is_no_join(clinic):
    clinic.write("join me at the clinic tomorrow at nine")
    assert clinic.replies() == []


def test_the_confirmation_of_a_stop_does_not_wait_for_wording(clinic):
    clinic.write(clinic.choose(*BOTH))
    NoticeVersion.objects.update(status="retired")
    assert clinic.write("STOP").status_code == 200
    assert allowed(clinic) == set()
    assert "will not message you" in clinic.replies()[-1].text
    assert not ConsentRequest.objects.filter(kind="keep").exists()


@pytest.mark.parametrize("replies", CaptureChannel.Replies.values)
def test_acts_count_in_every_mode_of_replying(clinic, replies):
    CaptureChannel.objects.update(replies=replies)
    clinic.write(clinic.choose(*BOTH))
    assert allowed(clinic) == {*BOTH}
    clinic.write("STOP")
    assert allowed(clinic) == set()
    assert OutboundMessage.objects.exists() == (replies != "none")


def test_a_silent_channel_asks_nothing_so_nothing_can_be_answered(clinic):
    CaptureChannel.objects.update(replies="none")
    for text in ("JOIN", "yes", "START", "yes", "HELP", clinic.choose(*BOTH, number=f"+{THANDI}")[:-1]):
        clinic.write(text)
    assert clinic.replies() == []
    assert clinic.events() == []


OTHERS = ("HELP", "info", "When is my appointment?", "ok", "It is a holiday, is the building open?",
          "12 August", "My file is 12345678", "on 12 May at 10h30")  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_everything_else_is_left_to_the_organisations_own_bot(clinic, text):
    clinic.write(text)
    assert clinic.replies() == []
    assert clinic.contacts() == 0


@pytest.mark.parametrize("text", OTHERS)
def test_a_channel_that_answers_everything_says_what_can_be_sent(clinic, text):
    CaptureChannel.objects.update(replies="all")
    clinic.write(text)
    [reply] = clinic.replies()
    assert "STOP" in reply.text
    assert "START" in reply.text
    assert clinic.contacts() == 0
