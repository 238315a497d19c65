"""Each channel that a phone reaches, from its first word to a yes and from there to a stop, in the browser.

    SCREENSHOTS=/tmp/pictures ./dev test --sqlite tests/journeys

keeps pictures of each yes and each stop.
"""

import re
import time

import pytest

from optins.models import ConsentEvent, Contact, SenderContact
from sandbox.testers import TESTERS
from tests.journeys.phone import WHATSAPP
from tests.sandbox.beside import slugs
from tests.services import wait_until

pytestmark = [pytest.mark.walk, pytest.mark.timeout(300)]


def chat(phone, slug):
    """Asked by a join word, answered, ended by a stop."""
    phone.open(slug)
    assert "would like to send you messages on WhatsApp" in phone.write("JOIN")
    assert "Thank you" in answer(phone)
    phone.keep_picture("yes")
    phone.stop()


def answer(phone):
    has_buttons = phone.page.get_by_role("button", name="Yes, please").count()
    return phone.press("Yes, please") if has_buttons else phone.write("yes")


def ad(phone, slug):
    """What they asked comes first: nothing is said to it, and the question comes once."""
    phone.open(slug)
    before = len(phone.heard)
    phone.write("Are you open today?")
    assert len(phone.heard) == before
    phone.keep_picture("asked")
    phone.open(slug.replace("-ad-turn", "-whatsapp").replace("-ad-", "-whatsapp-"))
    assert "would like to send you messages on WhatsApp" in phone.write("Hello?")
    assert "Thank you" in phone.write("yes")
    phone.keep_picture("yes")
    phone.stop()


def bot(phone, slug):
    """The bot hands over a sentence; sent from WhatsApp it is the yes. A stop to the bot stops there too."""
    phone.open(slug)
    phone.write("JOIN")
    phone.press("Yes, please")
    phone.keep_picture("yes")
    sentence = phone.sentence_of_link()
    phone.open(WHATSAPP)
    assert "Thank you" in phone.write(sentence)
    phone.open(slug)
    assert "will not message you" in phone.write("STOP")
    phone.keep_picture("stop")


def session(phone, slug):
    """A session of screens: language, one key for each purpose; dialled again, 9 stops."""
    phone.open(slug)
    assert phone.press("Dial").startswith("1 English")
    last = phone.write("1")
    while "2 No" in last or "0 More" in last:
        last = phone.write("1" if "2 No" in last else "0")
    assert "Thank you" in last
    phone.keep_picture("yes")
    phone.press("Dial")
    phone.write("9")
    phone.keep_picture("stop")


def call(phone, slug):
    """A call: language, keys, and a code, whose message from WhatsApp makes it certain; 9 stops."""
    phone.open(slug)
    phone.press("Call")
    for _ in range(3):  # English, reminders, tips
        last = phone.press("1")
    code = "".join(re.search(r"code(?: on WhatsApp)?: ((?:\w, ){7}\w)", last)[1].split(", "))
    phone.keep_picture("yes")
    phone.open(WHATSAPP)
    assert "Thank you" in phone.write(code)
    phone.open(slug)
    phone.press("Call")
    phone.press("1")
    phone.press("9")
    phone.keep_picture("stop")


def missed_call(phone, slug):
    """It rings and is hung up on; who writes afterwards is asked whether that was them."""
    phone.open(slug)
    assert "hung up on" in phone.press("Call")
    phone.keep_picture("ring")
    rang = int(time.time())
    wait_until(lambda: int(time.time()) > rang)  # WhatsApp's times are whole seconds
    phone.open(WHATSAPP)
    phone.write("Hello")
    assert "Thank you" in answer(phone)
    phone.keep_picture("yes")
    phone.stop()


JOURNEYS = {
    "whatsapp_thread": chat,
    "sms_short_code": chat,
    "click_to_whatsapp_ad": ad,
    "messenger_bot": bot,
    "ussd": session,
    "ivr": call,
    "missed_call": missed_call,
}


@pytest.mark.parametrize("kind", JOURNEYS)
def test_a_person_says_yes_and_stops(phone, kind):
    there = {provider: slug for (of_kind, provider), slug in slugs().items() if of_kind == kind}
    for person, (provider, slug) in enumerate(there.items()):
        known = ConsentEvent.objects.count()
        phone.person, phone.journey = person % len(TESTERS), slug
        JOURNEYS[kind](phone, slug)
        new = list(ConsentEvent.objects.order_by("pk")[known:])
        assert {event.kind for event in new} >= {"given", "withdrawn"}, provider
        # Where the number alone proves nothing, the code sent from WhatsApp does.
        assert any(event.proved for event in new if event.kind == "given"), provider
        assert new[-1].kind == "withdrawn", provider
    assert not ConsentEvent.objects.filter(is_test=False).exists()
    assert not Contact.objects.filter(is_test=False).exists()
    assert not SenderContact.objects.exists()
