"""A loss, written to a bot: it stops what it must for everybody whom a stop there reaches."""

import pytest

from channels_capture.messenger_bot.tests.bots import sentence_in
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    Evidence,
    InboundMessage,
    Purpose,
    ReviewItem,
)

pytestmark = pytest.mark.once

VISITS, TIPS = "appointment-reminders", "health-tips"
LOST = "I lost my baby."


@pytest.fixture
def expecting(bot):
    """Somebody who sent a code of the bot's: they get messages in their pregnancy, and reminders."""
    flags = {"pregnancy": {"stops_on_loss": True}, "support": {"offered_on_loss": True}}
    for place, (key, marks) in enumerate(flags.items()):
        purpose = Purpose.objects.create(
            organisation=bot.clinic.organisation,
            key=key,
            titles={"en": key},
            category="utility",
            position=5 + place,
            **marks,
        )
        bot.clinic.purposes[key] = purpose
        for channel in (bot.channel, bot.clinic.thread):
            channel.purposes.add(purpose)
    bot.channel.purposes.remove(bot.clinic.purposes[TIPS], bot.clinic.purposes["support"])
    bot.clinic.write(bot.get_code())
    return bot


def asked_about(said):
    return {purpose.key for purpose in said[-1].request.purposes.all()}


def test_a_loss_stops_whoever_sent_a_code_condoles_without_a_question_and_offers_support_apart(expecting):
    clinic = expecting.clinic
    condolence, offer = expecting.send(LOST)
    assert "sorry for your loss" in condolence.text
    assert "?" not in condolence.text
    assert condolence.buttons == []
    assert "pregnancy" not in condolence.text + offer.text
    assert clinic.gate("pregnancy")["reason"] == "withdrawn"
    assert clinic.gate(VISITS)["decision"] == "allow"
    assert asked_about([offer]) == {"support"}
    clinic.write(sentence_in(expecting.tap("Yes", [offer])))
    assert clinic.gate("support")["decision"] == "allow"
    assert clinic.gate("pregnancy")["reason"] == "withdrawn"
    # They have it by now: nothing is offered twice.
    assert len(expecting.send(LOST)) == 1


def test_no_code_of_before_a_loss_brings_back_what_it_stopped(expecting):
    unsent = expecting.get_code()
    expecting.send("LOSS")
    expecting.clinic.write(unsent)
    assert expecting.clinic.gate("pregnancy")["reason"] == "withdrawn"


def test_nothing_that_was_written_of_a_loss_is_in_the_ledger_or_its_evidence(expecting):
    expecting.send(LOST)
    stops = ConsentEvent.objects.filter(kind="withdrawn").order_by("recorded_at", "id")
    assert [(stop.purpose.key, stop.reason, stop.proved) for stop in stops] == [
        ("pregnancy", "stop_word", True), ("pregnancy", "linked", False),
    ]  # fmt: skip
    kept = [piece.payload for piece in Evidence.objects.filter(event__in=stops)]
    assert kept
    assert not any("baby" in str(payload) or "message" in payload for payload in kept)
    assert InboundMessage.objects.latest("pk").outcome == "stop"
    assert not ReviewItem.objects.exclude(kind="link").exists()


def test_all_whom_it_reaches_are_left_in_peace_and_are_not_asked_about_it_again(expecting):
    expecting.send(LOST)
    assert Contact.objects.count() == 2
    assert not Contact.objects.filter(left_in_peace_at=None).exists()
    assert asked_about(expecting.send("START")) == {VISITS}
    expecting.clinic.write("START")
    assert "pregnancy" not in asked_about(expecting.clinic.replies())
    # Where the bot asks about nothing else, it is their own wish to be asked.
    expecting.channel.purposes.remove(expecting.clinic.purposes[VISITS])
    assert asked_about(expecting.send("START")) == {"pregnancy"}


def test_a_loss_written_on_whatsapp_is_not_brought_up_in_the_bots_chat_either(expecting):
    expecting.clinic.write(LOST)
    assert asked_about(expecting.send("START")) == {VISITS}


def test_somebody_who_never_sent_a_code_is_condoled_and_left_in_peace_as_well(expecting):
    condolence, _offer = expecting.send(LOST, person="700000009")
    assert "sorry for your loss" in condolence.text
    assert Contact.objects.get(identifiers__value="700000009").left_in_peace_at
    assert expecting.clinic.gate("pregnancy")["decision"] == "allow"


def test_where_nothing_stops_on_a_loss_the_word_is_left_to_the_organisations_own_bot(bot):
    assert bot.send("LOSS") == []
    assert bot.clinic.events() == []
    assert not ConsentRequest.objects.exists()
