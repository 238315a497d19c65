"""After each choice, yes, no or stop, the answer links to the person's own page, with a receipt."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from channels_capture.messenger_bot.tests.bots import PERSON, Bot
from optins.consent import links, texts
from optins.models import Contact, NoticeVersion, Purpose
from tests.channels.writing import sms
from tests.clinic import SIPHO, THANDI

pytestmark = pytest.mark.once

TIPS, VISITS = "health-tips", "appointment-reminders"
LINK = re.compile(r"http://testserver(/m/[\w.-]+/)")


def page_in(clinic, text):
    """The page that the message links to, as the person sees it; empty where it links to none."""
    found = LINK.search(text)
    if found is None:
        return ""
    answer = clinic.client.get(found[1])
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def last(clinic):
    """The page that her last answer links to."""
    return lambda person=THANDI: page_in(clinic, clinic.replies(person)[-1].text)


def test_a_yes_a_no_and_every_stop_are_answered_with_the_page_that_shows_them(clinic, last):
    clinic.write(clinic.choose(TIPS, VISITS))
    assert last().count("You said yes on") == 2
    clinic.write("stop health tips")
    assert "Stopped on" in last()
    clinic.write("stop, thanks")
    assert clinic.replies()[-1].request.kind == "scope"
    assert "Stopped on" in last()
    clinic.tap_button("Yes")
    assert clinic.replies()[-1].request.kind == "keep"
    assert last().count("Stopped on") == 2
    clinic.write("START")
    assert last() == ""  # a question answers nothing
    clinic.tap_button("No")
    assert "A no was recorded on" in last()


def test_a_stop_of_a_stranger_and_one_without_wording_have_it_too(clinic, last):
    clinic.write("STOP", person=SIPHO)
    assert "Stopped on" in last(SIPHO)
    clinic.write(clinic.choose(TIPS))
    NoticeVersion.objects.update(status="retired")
    for text in ("stop, please", "STOP"):
        clinic.write(text)
        assert "Stopped on" in last()


def test_nobody_is_shown_a_page_that_is_not_theirs_or_that_hurts(clinic, last):
    Purpose.objects.filter(key=TIPS).update(stops_on_loss=True)
    clinic.write(clinic.choose(TIPS, VISITS))
    for text in ("I lost my baby", "forget me", "wrong number"):
        clinic.write(text)
        assert last() == "", text


@pytest.mark.parametrize("provider", PERSON)
def test_in_a_bots_chat_it_is_the_page_of_the_account_there(clinic, provider, time_machine):
    bot = Bot(clinic, provider)
    (told,) = bot.tap("No", bot.send("START"))
    assert "A no was recorded on" in page_in(clinic, told.text)
    time_machine.move_to(timezone.now() + timedelta(seconds=2))  # a no counts from the second of its question
    clinic.write(bot.get_code())
    time_machine.move_to(timezone.now() + timedelta(seconds=2))
    for text in ("stop health tips", "stop, please", "STOP"):
        (told,) = bot.send(text)
        assert "Stopped on" in page_in(clinic, told.text), text
    shown = links.read(LINK.search(told.text)[1].split("/")[2], clinic.now()).contact
    assert shown == Contact.objects.get(identifiers__value=bot.person)
    (told,) = bot.send("not me")
    assert LINK.search(told.text) is None


def test_an_sms_has_room_for_it_after_a_yes_alone(clinic):
    (told,) = sms(clinic, clinic.choose(TIPS))
    assert LINK.search(told)
    (told,) = sms(clinic, "STOP")
    assert LINK.search(told) is None
    assert len(told) <= 160


@pytest.mark.parametrize("language", texts.languages())
def test_the_confirmation_of_a_stop_fits_beside_its_buttons_in_every_language(clinic, language):
    clinic.write(clinic.choose(TIPS, VISITS))
    Contact.objects.update(language=language)
    before = len(clinic.replies())
    clinic.write("STOP")
    (told,) = clinic.replies()[before:]
    assert len(told.text) <= 1024
    assert len(told.buttons) == 2
    assert LINK.search(told.text)
