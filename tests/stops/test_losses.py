"""A loss: what stops at once, what is offered, and what is kept nowhere."""

import pytest

from optins.models import (
    ConsentEvent,
    Contact,
    Evidence,
    InboundMessage,
    Purpose,
)
from tests.stops.answers import TIPS, VISITS, reasons

pytestmark = pytest.mark.once


@pytest.fixture
def expecting(clinic):
    """Thandi gets messages in her pregnancy, and reminders."""
    for place, (key, flags) in enumerate(
        {"pregnancy": {"stops_on_loss": True}, "support": {"offered_on_loss": True}}.items()
    ):
        purpose = Purpose.objects.create(
            organisation=clinic.organisation,
            key=key,
            titles={"en": key},
            category="utility",
            position=5 + place,
            **flags,
        )
        clinic.purposes[key] = purpose
        for channel in (clinic.thread, clinic.tap):
            channel.purposes.add(purpose)
    clinic.write(clinic.choose("pregnancy", VISITS))
    return clinic


@pytest.mark.parametrize("words", ["LOSS", "I lost my baby.", "ngilahlekelwe ingane"])
def test_a_loss_stops_at_once_condoles_without_a_question_and_offers_support_as_a_fresh_one(expecting, words):
    before = len(expecting.replies())
    expecting.write(words)
    assert expecting.gate("pregnancy")["reason"] == "withdrawn"
    assert expecting.gate(VISITS)["decision"] == "allow"
    condolence, offer = expecting.replies()[before:]
    assert "sorry for your loss" in condolence.text
    assert "?" not in condolence.text
    assert condolence.buttons == []
    assert "pregnancy" not in condolence.text + offer.text
    assert [p.key for p in offer.request.purposes.all()] == ["support"]
    assert expecting.gate("support")["reason"] == "no_record"
    expecting.tap_button("Yes")
    assert expecting.gate("support")["decision"] == "allow"


def test_nothing_of_a_loss_enters_the_ledger_and_nobody_tries_to_win_them_back(expecting):
    expecting.write("I lost my baby")
    event = ConsentEvent.objects.get(kind="withdrawn")
    assert (event.reason, event.purpose.key, event.proved) == ("stop_word", "pregnancy", True)
    assert all(
        "baby" not in str(e.payload) and "message" not in e.payload
        for e in Evidence.objects.filter(event=event)
    )
    assert InboundMessage.objects.latest("pk").outcome == "stop"
    assert Contact.objects.get().left_in_peace_at
    expecting.write("STOP")
    expecting.write("START")
    asked = {p.key for p in expecting.replies()[-1].request.purposes.all()}
    assert asked == {VISITS, TIPS, "support"}
    # What they ask for by themselves, they get.
    expecting.write(expecting.choose("pregnancy"))
    expecting.tap_button("Yes")
    assert expecting.gate("pregnancy")["decision"] == "allow"
    assert Contact.objects.get().left_in_peace_at is None


def test_where_nothing_stops_on_a_loss_the_word_is_left_to_others(agreed):
    agreed.write("Loss")
    assert reasons(agreed) == ["consent", "consent"]
