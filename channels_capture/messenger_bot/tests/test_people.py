"""Whoever writes to a bot: their number, blocking it, being forgotten, and what staff see of them."""

import json
import time

import pytest
from django.utils import timezone

from channels_capture.messenger_bot.telegram import Telegram
from channels_capture.messenger_bot.tests.bots import BOTH, PERSON, Bot, sentence_in
from optins import erasing
from optins.consent import erasure
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Contact,
    ContactIdentifier,
    DataSubjectRequest,
    Evidence,
    InboundDelivery,
    OutboundMessage,
    ReviewItem,
    SenderContact,
    User,
)
from tests.channels.recordings import BODIES, signed
from tests.clinic import SIPHO, THANDI


@pytest.mark.once
def test_telegrams_own_number_is_a_typed_number_and_no_more(telegram):
    clinic = telegram.clinic
    CaptureChannel.objects.filter(pk=telegram.channel.pk).update(ask_number="required")
    (asked,) = telegram.tap("Yes", telegram.send("START"))
    assert asked.buttons == [{"ask": "number", "title": "Share my number"}]
    assert telegram.answer.json() == {"method": "answerCallbackQuery", "callback_query_id": "9"}
    # Anybody can pass on the card of somebody else, or of nobody who is on Telegram.
    for card in ({"user_id": 5}, {}, {"user_id": None}):
        assert telegram.send(contact={"phone_number": f"+{SIPHO}", **card}) == []
    said = telegram.send(contact={"phone_number": THANDI, "user_id": int(telegram.person)})
    sentence = sentence_in(said)
    request = ConsentRequest.objects.exclude(code_digest="").get()
    assert request.typed_number == f"+{THANDI}"
    assert clinic.events() == []
    clinic.write(sentence, person=SIPHO)  # rule 2: sent from another number
    assert clinic.events() == []
    assert clinic.replies(SIPHO)[-1].request.kind == "was_that_you"
    clinic.write(sentence)
    assert clinic.events() == [("given", key, True) for key in BOTH]
    telegram.send("STOP")
    assert clinic.gate()["reason"] == "withdrawn"
    assert clinic.gate(phone=f"+{SIPHO}")["reason"] == "unknown_contact"


@pytest.mark.once
def test_the_number_may_be_shared_besides_and_a_group_is_nobody(telegram):
    CaptureChannel.objects.filter(pk=telegram.channel.pk).update(ask_number="optional")
    said = telegram.tap("Yes", telegram.send("/start"))
    assert said[-1].buttons[0]["ask"] == "number"
    sentence_in(said)
    said = telegram.send(contact={"phone_number": f"+{THANDI}", "user_id": int(telegram.person)})
    assert sentence_in(said)
    assert ConsentRequest.objects.exclude(typed_number="").count() == 1
    assert telegram.send("STOP", chat={"id": -100, "type": "group"}) == []
    body = {"update_id": 1, "message": {"from": {"id": 5, "is_bot": True}, "text": "STOP"}}
    assert Telegram().parse(json.dumps(body).encode(), {}, "").messages == ()


@pytest.mark.once
def test_whoever_blocks_the_bot_is_sent_nothing_more_and_has_stopped_nothing(telegram):
    telegram.send("START")
    who = {"id": int(telegram.person), "is_bot": False}
    change = {"from": who, "chat": who, "date": int(time.time()), "new_chat_member": {"status": "kicked"}}
    body = json.dumps({"update_id": 77, "my_chat_member": change}).encode()
    signed(telegram.channel, body, BODIES[".json"], {}).send(telegram.clinic.client)
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"failed"}
    assert telegram.clinic.events() == []


@pytest.mark.once
def test_whoever_asks_to_be_forgotten_is_stopped_and_staff_hear_of_it(bot):
    (told,) = bot.send("forget me")
    assert "Staff will look" in told.text
    assert bot.clinic.events() == [("withdrawn", None, True)]
    assert DataSubjectRequest.objects.get().kind == "erase"


@pytest.mark.once
def test_who_sent_a_code_of_whoever_asks_to_be_forgotten_is_stopped_and_it_is_for_staff_to_erase_them(bot):
    clinic = bot.clinic
    clinic.write(bot.get_code())
    bot.send("forget me")
    assert clinic.gate()["reason"] == "withdrawn"
    (request,) = DataSubjectRequest.objects.all()
    assert (request.state, request.identity_check) == ("open", "own_message")
    assert request.contact.identifiers.get().value == bot.person
    link = ReviewItem.objects.get(kind="link")
    assert {link.contact, link.other} == set(Contact.objects.all())
    assert not ConsentEvent.objects.filter(kind="erased").exists()


@pytest.mark.once
def test_nobodys_numbers_and_ids_are_tests_and_no_sender_hears_of_them(clinic):
    for provider in PERSON:
        Bot(clinic, provider).send("STOP", person="9000000000000000001")
    clinic.write("STOP", person="447700900901")
    assert Contact.objects.filter(is_test=True).count() == Contact.objects.count() == 3
    assert ConsentEvent.objects.filter(is_test=False).count() == 0
    assert not SenderContact.objects.exists()
    clinic.write("STOP", person="447700900101")
    assert Contact.objects.filter(is_test=False).count() == 1


@pytest.mark.once
def test_somebody_of_a_bot_is_shown_to_staff_and_erased_like_anybody_else(bot, client):
    bot.get_code()
    bot.send("STOP")
    contact = Contact.objects.get()
    client.force_login(User.objects.get(username="owner"))
    page = client.get(f"/admin/optins/contact/{contact.pk}/change/")
    assert page.status_code == 200
    by = erasure.By(actor=ConsentEvent.Actor.PERSON, door=ConsentEvent.Door.ADMIN)
    erasing.erase(contact, by, now=timezone.now())
    assert not ContactIdentifier.objects.filter(contact=contact).exists()
    assert not OutboundMessage.objects.filter(address=bot.person).exists()
    assert not ConsentRequest.objects.exclude(addressee_bsuid="").exists()
    kept = [bytes(each.body) for each in InboundDelivery.objects.all()]
    assert not any(bot.person.encode() in body for body in kept)
    assert not any(bot.person in str(each.payload) for each in Evidence.objects.all())
