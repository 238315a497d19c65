"""What answers a bot's question, and what is a stop before anything else."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from channels_capture import placements
from channels_capture.messenger_bot.tests.bots import BOTH, PERSON, Bot, sentence_in
from optins.consent import keywords, requests, wording
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Contact,
    ReviewItem,
)


def test_a_no_is_on_record_and_choosing_asks_about_each(bot):
    said = bot.tap("Let me choose", bot.send("JOIN"))
    assert [[p.key for p in m.request.purposes.all()] for m in said] == [[key] for key in BOTH]
    handed = bot.send(payload=said[1].buttons[0]["id"])
    assert "health tips" in sentence_in(handed).lower()
    (told,) = bot.send(payload=said[0].buttons[-1]["id"])
    assert told.text.startswith("All right.")
    assert bot.clinic.events() == [("refused", "appointment-reminders", True)]


def test_words_answer_the_open_question_and_nothing_else_is_an_answer(bot):
    assert bot.send("yes") == []
    bot.send("START")
    assert sentence_in(bot.send("Yes, please"))
    assert bot.clinic.events() == []
    assert bot.send("hello there") == []
    # A code of somebody else's, and a button of somebody else's question, count for nothing here.
    opened = requests.open_request(
        bot.channel,
        wording.translation(bot.channel.notice, "en"),
        list(bot.channel.purposes.all()),
        now=timezone.now(),
    )
    assert [m.request.kind for m in bot.send(opened.sentence)] == ["consent"]
    question = ConsentRequest.objects.filter(code_digest="").first()
    other = str(int(bot.person) + 1)
    assert bot.send(payload=f"sayso:{question.question_id}:yes", person=other) == []
    assert bot.send(payload="sayso:forged:yes") == []
    assert bot.clinic.events() == []


def test_after_a_stop_an_old_button_asks_anew_and_what_was_written_before_it_says_nothing(bot, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    said, before = bot.send("START"), timezone.now()
    time_machine.shift(timedelta(minutes=5))
    bot.send("STOP")
    assert bot.send("START", at=before) == []
    time_machine.shift(timedelta(minutes=5))
    (again,) = bot.tap("Yes", said)
    assert again.request.kind == "consent"
    assert again.request.pk != said[0].request.pk


@pytest.mark.once
def test_a_stop_word_of_any_language_stops_whatever_was_asked(clinic):
    words = [entry["text"] for each in stop_words() for entry in each]
    assert len(words) > 60
    for provider in PERSON:
        bot = Bot(clinic, provider)
        bot.send("START")
        for number, word in enumerate(words[::2] if provider == "telegram" else words[1::2]):
            mark = transaction.savepoint()
            bot.send(word, person=f"{bot.person}{number}")
            assert clinic.events() == [("withdrawn", None, True)], (word, provider)
            transaction.savepoint_rollback(mark)


def stop_words():
    """Two of each language that mean it in all of them."""
    for language in json.loads(keywords._DATA.read_text())["languages"]:
        everywhere = [e for e in language["stop"] if e.get("scope") == "any" and e.get("auto") is not False]
        yield everywhere[:2]


@pytest.mark.once
def test_a_link_into_the_chat_names_its_source_and_a_silent_bot_says_nothing(bot):
    source = placements.add(bot.channel, label="Poster")
    if bot.provider == "telegram":
        said = bot.send(f"/start {source.code}")
    else:
        said = bot.send(message=None, referral={"ref": source.code, "type": "OPEN_THREAD"})
    assert said[0].request.placement == source
    bot.clinic.write(sentence_in(bot.tap("Yes", said)))
    assert ConsentEvent.objects.first().placement == source
    CaptureChannel.objects.filter(pk=bot.channel.pk).update(replies="none")
    assert bot.send("START") == []
    assert bot.send("STOP") == []
    assert ("withdrawn", None, True) in bot.clinic.events()


@pytest.mark.once
def test_what_names_one_thing_stops_that_and_what_may_be_a_stop_waits_for_staff(bot):
    clinic = bot.clinic
    clinic.write(bot.get_code())
    (told,) = bot.send("stop appointment reminders")
    assert "will not message you on WhatsApp about appointment reminders" in told.text
    assert [clinic.gate(key)["reason"] for key in BOTH] == ["withdrawn", "consent"]
    assert bot.send("bus stop") == []
    assert clinic.gate("health-tips")["reason"] == "marketing_stopped"
    assert ReviewItem.objects.filter(kind="unsure").count() == Contact.objects.count() == 2
    bot.send("stop Riverside Clinic")
    assert ("withdrawn", None, True) in clinic.events()
    bot.send("bus stop", person="12345")  # of a stranger nothing waits
    assert ReviewItem.objects.filter(kind="unsure").count() == 2
