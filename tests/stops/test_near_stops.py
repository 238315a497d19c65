"""Near stops, narrowed ones, doubtful ones, and buttons that say stop."""

import json

import pytest
from django.utils import timezone

from optins.models import (
    CaptureChannel,
    ConsentRequest,
    Contact,
    ReviewItem,
    SenderContact,
)
from tests.clinic import SIPHO
from tests.stops.answers import reasons

pytestmark = pytest.mark.once


def test_a_near_stop_stops_marketing_and_asks_one_question_which_yes_and_no_answer(agreed):
    before = len(agreed.replies())
    agreed.write("Stop. Thank you")
    assert reasons(agreed) == ["consent", "withdrawn"]
    [question] = agreed.replies()[before:]
    assert question.request.kind == ConsentRequest.Kind.SCOPE
    assert [button["title"] for button in question.buttons] == ["Yes, please", "No, thanks"]
    agreed.tap_button("No")
    assert reasons(agreed) == ["consent", "withdrawn"]
    assert "everything else stays" in agreed.replies()[-1].text
    agreed.write("yes")  # the question is answered: a later word answers it no more
    assert reasons(agreed) == ["consent", "withdrawn"]
    agreed.write("please stop")
    agreed.write("yes")
    assert reasons(agreed) == ["withdrawn", "withdrawn"]
    assert "keep something" in agreed.replies()[-1].text
    agreed.tap_button("Appointment")
    assert reasons(agreed) == ["consent", "withdrawn"]


def test_a_narrowed_stop_stops_what_it_names_and_says_so(agreed):
    agreed.write("Stop appointment reminders")
    assert reasons(agreed) == ["withdrawn", "consent"]
    assert "will not message you on WhatsApp about appointment reminders" in agreed.replies()[-1].text


def test_what_may_be_a_stop_goes_to_review_once_and_marketing_waits_until_staff_decide(agreed):
    before = len(agreed.replies())
    agreed.write("bus stop")
    agreed.write("at the bus stop?")
    item = ReviewItem.objects.get()
    assert (item.kind, item.contact) == ("unsure", Contact.objects.get())
    assert reasons(agreed) == ["consent", "marketing_stopped"]
    assert len(agreed.replies()) == before
    # Only marketing was agreed to: the platform is told no meanwhile, and yes again after.
    agreed.write("stop appointment reminders")
    assert SenderContact.objects.get().desired == {"opted_in": False}
    ReviewItem.objects.update(decided_at=timezone.now(), decision="no_stop")
    assert reasons(agreed) == ["withdrawn", "consent"]


def test_what_may_be_a_stop_of_a_stranger_or_about_something_else_is_left_alone(agreed):
    agreed.write("bus stop", person=SIPHO)
    for text in ("We have got to stop this bill", "cancel my appointment", "Hello Riverside Clinic"):
        agreed.write(text)
    assert not ReviewItem.objects.exists()
    assert reasons(agreed) == ["consent", "consent"]
    assert agreed.contacts() == 1


BUTTONS = ["STOP", "Berhenti", "停止", "Arrêt", "إيقاف", "Отписаться"]


@pytest.mark.parametrize("title", BUTTONS)
def test_a_templates_button_titled_stop_in_any_language_is_a_stop_whatever_its_id(agreed, title):
    agreed.write_raw(type="button", button={"payload": "promo-7", "text": title}, context={"id": "t"})
    assert reasons(agreed) == ["withdrawn", "withdrawn"]


def test_a_templates_other_buttons_are_left_to_the_organisations_own_bot(agreed):
    for title in ("Yes", "START", "Book a visit", "Cancel my visit", "Cancel"):
        agreed.write_raw(type="button", button={"payload": "x", "text": title}, context={"id": "t"})
    assert reasons(agreed) == ["consent", "consent"]
    agreed.write_raw(type="button", button={"payload": "x", "text": "Stop promotions"})
    assert reasons(agreed) == ["consent", "withdrawn"]


def test_no_channel_and_wording_is_needed_for_a_near_stop_to_count(agreed):
    CaptureChannel.objects.update(replies="none")
    agreed.write("stop, thank you")
    assert reasons(agreed) == ["consent", "withdrawn"]
    assert json.dumps([b.text for b in agreed.replies()]).count("Shall it stop") == 0
