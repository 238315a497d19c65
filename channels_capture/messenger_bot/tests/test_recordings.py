"""What each recording leads to."""

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction

from channels_capture.messenger_bot.tests.bots import BOTH, Bot, bot_of
from optins.consent import wording
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    InboundMessage,
    OutboundMessage,
)
from tests.channels.recordings import BODIES, names, recorded, signed

RECORDED_AT = datetime(2026, 11, 20, 9, 20, 5, tzinfo=UTC)

# By recording: its outcome, and the purposes that the bot then asks about.
EXPECTED = {
    "messenger": {
        "optin_checkbox_user_ref.json": (["wish"], BOTH),
        "optin_notification_messages.json": (["wish"], BOTH),
        "quick_reply.json": (["left_alone"], []),  # of the organisation's own bot
        "referral_mme.json": (["wish"], BOTH),
        "text.json": (["left_alone"], []),  # "YES", and nothing was asked
    },
    "telegram": {
        "button_of_message_gone.json": (["left_alone"], []),
        "button_tapped.json": (["left_alone"], []),
        "contact_shared_own.json": (["number"], BOTH),
        "my_chat_member_blocked.json": (["blocked"], []),
        "start_deeplink.json": (["wish"], BOTH),
    },
}


@pytest.mark.once
def test_each_recording_leads_to_what_it_says_and_to_no_consent(clinic, time_machine):
    time_machine.move_to(RECORDED_AT)
    for provider, expected in EXPECTED.items():
        channel = bot_of(clinic, provider)
        paths = {path.name: path for path in names("messenger_bot", provider)}
        assert set(paths) == set(expected)
        for name, (outcomes, asked) in expected.items():
            mark = transaction.savepoint()
            assert recorded(channel, paths[name]).send(clinic.client).status_code == 200
            assert list(InboundMessage.objects.values_list("outcome", flat=True)) == outcomes, name
            questions = ConsentRequest.objects.all()
            assert [p.key for question in questions for p in question.purposes.all()] == asked, name
            shown = wording.translation(channel.notice, "en")
            said = list(OutboundMessage.objects.all())
            assert [message.sender for message in said] == [channel.bot] * (1 if asked else 0), name
            assert all(message.text.startswith(shown.body) for message in said)
            assert not ConsentEvent.objects.exists()
            assert not Contact.objects.exists()
            transaction.savepoint_rollback(mark)


# https://core.telegram.org/bots/api#callbackquery: what it always has, and what its message has.
CALLBACK = {"id": str, "from": dict, "chat_instance": str, "message": dict, "data": str}
MESSAGE = {"message_id": int, "chat": dict, "date": int}


def tapped(name):
    (path,) = (path for path in names("messenger_bot", "telegram") if path.name == name)
    return json.loads(path.read_bytes())


@pytest.mark.once
def test_telegrams_tapped_buttons_are_of_the_documented_shape():
    gone, there = (
        tapped(name)["callback_query"] for name in ("button_of_message_gone.json", "button_tapped.json")
    )
    for query in (gone, there):
        assert {name: type(query[name]) for name in CALLBACK} == CALLBACK
        assert {name: type(query["message"][name]) for name in MESSAGE} == MESSAGE
    assert (set(gone["message"]), gone["message"]["date"]) == (set(MESSAGE), 0)
    keys = [key for row in there["message"]["reply_markup"]["inline_keyboard"] for key in row]
    assert there["data"] in [key["callback_data"] for key in keys]


@pytest.mark.once
@pytest.mark.parametrize("name", ["button_of_message_gone.json", "button_tapped.json"])
def test_a_tap_counts_and_telegram_is_told_at_once_that_it_was_taken(clinic, name):
    bot = Bot(clinic, "telegram")
    update = tapped(name)
    query = update["callback_query"]
    bot.person = str(query["from"]["id"])
    query["data"] = bot.send("START")[0].buttons[0]["id"]
    answer = signed(bot.channel, json.dumps(update).encode(), BODIES[".json"], {}).send(clinic.client)
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"method": "answerCallbackQuery", "callback_query_id": query["id"]}
    assert OutboundMessage.objects.latest("pk").buttons[0]["url"].startswith("https://wa.me/")
