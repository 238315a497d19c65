"""What comes near a stop in a bot's chat, and "not me" there: as on WhatsApp, for whoever a stop reaches."""

import pytest

from channels_capture.messenger_bot.tests.bots import BOTH, sentence_in
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ContactIdentifier,
    NoticeVersion,
    Suppression,
)

pytestmark = pytest.mark.once

MARKETING_STOPPED = ["consent", "withdrawn"]
ALL_STOPPED = ["withdrawn", "withdrawn"]


@pytest.fixture
def agreed(bot):
    """Somebody who sent a code of the bot's, for reminders and for tips."""
    bot.clinic.write(bot.get_code())
    return bot


def reasons(bot):
    return [bot.clinic.gate(key)["reason"] for key in BOTH]


def test_a_near_stop_stops_marketing_of_whoever_sent_a_code_and_asks_one_question(agreed):
    (question,) = agreed.send("Stop. Thank you")
    assert reasons(agreed) == MARKETING_STOPPED
    assert "Shall it stop all its other messages" in question.text
    assert [button["title"] for button in question.buttons] == ["Yes, please", "No, thanks"]
    (told,) = agreed.tap("Yes", [question])
    assert "will not message you on WhatsApp any more" in told.text
    assert reasons(agreed) == ALL_STOPPED


YES = ["yes", "Yes, stop", "please stop", "all of it", "bus stop", "Ja, stop asseblief"]


@pytest.mark.parametrize("text", YES)
def test_whatever_says_yes_or_stop_again_to_that_question_stops_everything(agreed, text):
    agreed.send("stop, please")
    (told,) = agreed.send(text)
    assert "will not message you on WhatsApp any more" in told.text
    assert reasons(agreed) == ALL_STOPPED
    assert agreed.send("yes") == []  # it is answered


def test_a_no_to_it_leaves_the_rest_and_answers_it_for_good(agreed):
    said = agreed.send("stop, please")
    (told,) = agreed.tap("No", said)
    assert "everything else stays as it was" in told.text
    assert agreed.send("yes") == agreed.tap("No", said) == []
    assert reasons(agreed) == MARKETING_STOPPED
    agreed.tap("Yes", said)  # to stop it is never too late
    assert reasons(agreed) == ALL_STOPPED


def test_codes_of_before_a_near_stop_count_no_more(agreed):
    unsent = agreed.get_code()
    agreed.send("stop, please")
    agreed.clinic.write(unsent)
    assert reasons(agreed) == MARKETING_STOPPED
    assert agreed.clinic.replies()[-1].request.kind == "consent"


def test_where_nobody_has_sent_a_code_there_is_no_rest_to_ask_about(bot):
    unsent = bot.get_code()
    (told,) = bot.send("please stop")
    assert "send STOP there" in told.text
    assert bot.clinic.events() == [("withdrawn", None, True)]
    bot.clinic.write(unsent)
    assert reasons(bot) == ["unknown_contact", "unknown_contact"]


@pytest.mark.parametrize("why", ["silent", "no wording"])
def test_where_it_cannot_be_asked_marketing_stops_all_the_same(agreed, why):
    if why == "silent":
        CaptureChannel.objects.filter(pk=agreed.channel.pk).update(replies="none")
        assert agreed.send("stop, please") == []
    else:
        NoticeVersion.objects.update(status="retired")
        (told,) = agreed.send("stop, please")
        assert "no more marketing" in told.text
    assert reasons(agreed) == MARKETING_STOPPED


@pytest.mark.parametrize("text", ["Wrong number!", "not me", "Ce n’est pas moi"])
def test_not_me_ends_everything_for_the_chat_and_is_remembered_of_it(agreed, text):
    (told,) = agreed.send(text)
    assert "will not message you on WhatsApp any more" in told.text
    own, reached = ConsentEvent.objects.filter(kind="invalidated").order_by("recorded_at", "id")
    assert (own.purpose, own.reason, own.proved) == (None, "not_me", True)
    assert (reached.purpose, reached.reason) == (None, "linked")
    assert reasons(agreed) == ["invalidated", "invalidated"]
    assert list(Suppression.objects.values_list("reason", "scope")) == [("not_me", "all")]
    identifier = ContactIdentifier.objects.get(value=agreed.person)
    assert (identifier.verified_at, identifier.verified_by) == (None, "")


def test_not_me_of_a_stranger_is_remembered_too_and_their_codes_count_no_more(bot):
    unsent = bot.get_code()
    (told,) = bot.send("wrong person")
    assert "codes from this chat no longer count" in told.text
    assert Suppression.objects.count() == 1
    bot.clinic.write(unsent)
    assert reasons(bot) == ["unknown_contact", "unknown_contact"]
    # Whoever asks there is asked anew.
    bot.clinic.write(sentence_in(bot.tap("Yes", bot.send("START"))))
    assert bot.clinic.gate()["decision"] == "allow"
