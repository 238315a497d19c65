"""The way from the chat to WhatsApp, and the stops of whoever went it."""

from datetime import timedelta

from django.utils import timezone

from channels_capture import registry
from channels_capture.messenger_bot.tests.bots import BOTH
from optins.models import (
    ConsentEvent,
    Contact,
    Evidence,
    ReviewItem,
    SenderContact,
)


def test_the_code_from_the_chat_is_consent_of_whoever_sends_it_from_whatsapp_and_of_nobody_else(bot):
    clinic = bot.clinic
    sentence = bot.get_code()
    assert clinic.events() == []
    assert not Contact.objects.exists()
    clinic.write(sentence)
    assert clinic.events() == [("given", key, True) for key in BOTH]
    assert clinic.gate()["decision"] == "allow"
    (contact,) = Contact.objects.all()
    schemes = set(contact.identifiers.values_list("scheme", flat=True))
    assert schemes == {"phone", "wa_id"}
    event = ConsentEvent.objects.first()
    assert event.request.channel == bot.channel
    assert event.request.shown == event.translation.content_hash


def test_a_stop_ends_the_codes_of_the_chat_and_stops_whoever_sent_one(bot, time_machine):
    clinic = bot.clinic
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    clinic.write(bot.get_code())
    unsent = bot.get_code()
    time_machine.shift(timedelta(minutes=1))
    (told,) = bot.send("STOP")
    assert told.text.startswith(
        "Done. Riverside Clinic will not message you on WhatsApp any more. To come back, send START.\n\n"
    )
    assert clinic.gate()["reason"] == "withdrawn"
    stops = ConsentEvent.objects.filter(kind="withdrawn").order_by("recorded_at", "id")
    assert [(stop.purpose, stop.proved, stop.reason) for stop in stops] == [
        (None, True, "stop_word"), (None, False, "linked"),
    ]  # fmt: skip
    own = stops[0].contact.identifiers.get()
    assert (own.scheme, own.value) == (bot.provider, bot.person)
    evidence = Evidence.objects.get(event=stops[0], part="act").payload
    assert evidence["verified"] == registry.adapter_of(bot.channel).scheme
    assert "no WhatsApp account" in evidence["proves"]
    assert ReviewItem.objects.get().kind == "link"
    assert not SenderContact.objects.filter(contact=stops[0].contact).exists()

    time_machine.shift(timedelta(minutes=1))
    clinic.write(unsent)
    assert clinic.gate()["reason"] == "withdrawn"
    question = clinic.replies()[-1].request
    assert question.kind == "consent"
    time_machine.shift(timedelta(minutes=1))
    clinic.write(bot.get_code())
    assert clinic.gate()["decision"] == "allow"


def test_no_code_was_handed_over_so_a_stop_promises_no_more_than_is_so(bot):
    (told,) = bot.send("STOP")
    assert "send STOP there" in told.text
    assert bot.clinic.events() == [("withdrawn", None, True)]
