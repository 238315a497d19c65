"""What a platform delivers without an id of its own: a stop counts however often it comes."""

import json

import pytest
from django.utils import timezone

from channels_capture.messenger_bot.tests.bots import PAGE, PERSON, Bot
from tests.channels.recordings import BODIES, signed

pytestmark = pytest.mark.once

STOPPED = ("withdrawn", None, True)


def deliver(bot, webhook):
    post = signed(bot.channel, json.dumps(webhook).encode(), BODIES[".json"], {})
    assert post.send(bot.clinic.client).status_code == 200


def messaging(**said):
    event = {"sender": {"id": PERSON["messenger"]}, "recipient": {"id": PAGE}, **said}
    return {"object": "page", "entry": [{"id": PAGE, "messaging": [event]}]}


def without_its_id(provider, text):
    if provider == "messenger":
        return messaging(timestamp=int(timezone.now().timestamp() * 1000), message={"text": text})
    who = {"id": int(PERSON["telegram"]), "is_bot": False}
    return {"message": {"from": who, "chat": who, "date": int(timezone.now().timestamp()), "text": text}}


def test_a_stop_without_an_id_counts_each_time(bot):
    for times in (1, 2):
        deliver(bot, without_its_id(bot.provider, "STOP"))
        assert bot.clinic.events() == [STOPPED] * times


def test_a_tapped_stop_with_neither_id_nor_time_counts_each_time(clinic):
    bot = Bot(clinic, "messenger")
    for times in (1, 2):
        deliver(bot, messaging(postback={"title": "Stop", "payload": "STOP_NOW"}))
        assert clinic.events() == [STOPPED] * times
