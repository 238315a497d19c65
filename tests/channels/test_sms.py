"""Consent by SMS: the number is proved, nothing else; answers go back as the provider takes them."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from channels_capture import registry
from optins.models import (
    ConsentEvent,
    ContactIdentifier,
    Evidence,
    OutboundMessage,
    SenderContact,
    SessionWindow,
)
from tests import vendors
from tests.channels.recordings import BODIES, signed
from tests.channels.writing import channel_of, sms
from tests.clinic import SIPHO, THANDI

pytestmark = pytest.mark.once


def test_a_code_by_sms_proves_the_number_and_opens_no_window(clinic):
    sentence = clinic.choose("appointment-reminders", number=f"+{THANDI}")
    [answer] = sms(clinic, sentence)
    assert "will message you on WhatsApp about" in answer
    assert clinic.events() == [("given", "appointment-reminders", True)]
    [identifier] = ContactIdentifier.objects.all()
    assert (identifier.scheme, identifier.value) == ("phone", f"+{THANDI}")
    assert identifier.verified_by == "sms_short_code"
    assert clinic.gate()["decision"] == "allow"
    assert clinic.gate(form="free_form")["reason"] == "window_closed"
    assert not SessionWindow.objects.exists()
    assert "not that it is on WhatsApp" in Evidence.objects.get(part="act").payload["proves"]
    # The SMS account itself is told nothing about consent, and no question to the gate needs to name it.
    assert set(SenderContact.objects.values_list("sender__slug", flat=True)) == {"riverside"}
    # Later the same person writes on WhatsApp: it is the same contact.
    clinic.write("hello")
    assert clinic.contacts() == 1
    assert clinic.gate(form="free_form")["mode"] == "session"


def test_a_wish_is_asked_about_in_words_and_yes_or_no_counts(clinic):
    for place, provider in enumerate(("twilio", "plivo", "kannel")):
        person = f"2782000030{place}"
        [question] = sms(clinic, "JOIN", provider, person=person)
        assert "Riverside Clinic" in question
        assert question.endswith("To answer, send “Yes, please” or “No, thanks”.")
        [thanks] = sms(clinic, "yes", provider, person=person)
        assert "Thank you" in thanks
        assert clinic.gate("health-tips", phone=f"+{person}")["decision"] == "allow"
        [done] = sms(clinic, "STOP", provider, person=person)
        assert "will not message you on WhatsApp any more" in done
        assert clinic.gate("health-tips", phone=f"+{person}")["reason"] == "withdrawn"
        # An answer to what was asked before the stop counts for nothing; START asks anew.
        assert len(sms(clinic, "START", provider, person=person)) == 1
        sms(clinic, "Yes, please", provider, person=person)
        assert clinic.gate("health-tips", phone=f"+{person}")["decision"] == "allow"
    assert not OutboundMessage.objects.exclude(state="sent").exists()


def test_an_answer_that_got_lost_is_given_again_and_nothing_happens_twice(clinic):
    first = sms(clinic, "JOIN", MessageSid="SM-again")
    assert sms(clinic, "JOIN", MessageSid="SM-again") == first
    assert OutboundMessage.objects.count() == len(first) == 1


def test_what_twilio_has_answered_itself_is_not_answered_twice(clinic):
    assert sms(clinic, "Alto", OptOutType="STOP") == []
    assert clinic.events() == [("withdrawn", None, True)]
    assert sms(clinic, "Info", OptOutType="HELP") == []
    [question] = sms(clinic, "Inicio", OptOutType="START")
    assert "To answer, send" in question


def test_each_notice_of_a_stop_counts_and_a_wish_counts_once_a_day(clinic, time_machine):
    def deliver(body):
        channel = channel_of(clinic, "sms_short_code", "africastalking")
        assert signed(channel, body, BODIES[".form"], {}).send(clinic.client).status_code == 200

    wish = b"phoneNumber=%2B27820000101&shortCode=21512&keyword=CLINIC&updateType=addition"
    stop = b"senderId=AcmeClinic&phoneNumber=%2B27820000101"
    for body in (wish, wish, stop, stop):
        deliver(body)
    time_machine.move_to(timezone.now() + timedelta(days=1))
    deliver(wish)
    messages = channel_of(clinic, "sms_short_code", "africastalking").messages
    assert sorted(messages.values_list("outcome", flat=True)) == ["ask", "ask", "stop", "stop"]
    assert clinic.events() == [("withdrawn", None, True)] * 2
    assert OutboundMessage.objects.count() == 2  # nothing can be sent to whoever opted out


@pytest.mark.parametrize("provider", ["africastalking", "vonage", "infobip", "messagebird", "clickatell"])
def test_a_provider_without_inline_answers_is_answered_by_its_own_sender(clinic, provider):
    channel = channel_of(clinic, "sms_short_code", provider)
    assert channel.sender.platform == provider
    for word in ("JOIN", "STOP"):
        post = vendors.write(channel, word, THANDI, timezone.now())
        assert post.send(clinic.client).status_code == 200
    question, done = OutboundMessage.objects.order_by("pk")
    assert (question.state, question.address, question.buttons) == ("waiting", THANDI, [])
    assert question.text.endswith("“No, thanks”.")
    assert "will not message you on WhatsApp any more" in done.text


def test_the_code_of_another_number_is_asked_about_and_a_stranger_takes_nothing(clinic):
    sentence = clinic.choose("appointment-reminders", number=f"+{THANDI}")
    [question] = sms(clinic, sentence, person=SIPHO)
    assert "filled in for another number" in question
    assert THANDI not in question
    assert not ConsentEvent.objects.exists()


CHARSETS = [
    ("ISO-8859-1", "arr%EAter", "arrêter"),
    ("ISO-8859-1", "arrêter", "arrêter"),
    ("UTF-8", "100%25", "100%25"),
    ("UTF-16BE", "%00S%00t%00o%00p", "Stop"),
    ("UTF-16BE", "N-", "中"),
]


@pytest.mark.parametrize(("charset", "text", "read"), CHARSETS)
def test_clickatells_text_is_read_in_its_character_set_escaped_or_not(clinic, charset, text, read):
    channel = channel_of(clinic, "sms_short_code", "clickatell")
    told = {"messageId": "C1", "fromNumber": THANDI, "timestamp": 1, "text": text, "charset": charset}
    [message] = registry.adapter_of(channel).parse(json.dumps(told).encode(), {}, "").messages
    assert message.text == read
