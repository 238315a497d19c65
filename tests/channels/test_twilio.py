"""Twilio: what its own opt-out heard counts over every medium; a forwarded message is nobody's own act."""

import itertools
import json
from urllib.parse import urlencode

import pytest

from optins.models import ConsentRequest, OutboundMessage
from tests.channels.recordings import BODIES, signed
from tests.channels.writing import channel_of
from tests.clinic import THANDI

pytestmark = pytest.mark.once

_ids = itertools.count(1)
KINDS = {"whatsapp_thread": f"whatsapp:+{THANDI}", "sms_short_code": f"+{THANDI}"}
every_medium = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def agreed(clinic):
    clinic.write(clinic.choose("appointment-reminders"))
    OutboundMessage.objects.all().delete()
    return clinic


def write(clinic, kind, text, **fields):
    form = {"MessageSid": f"SM{next(_ids)}", "From": KINDS[kind], "Body": text, "SmsStatus": "received"}
    post(clinic, kind, urlencode(form | fields).encode(), ".form")


def post(clinic, kind, body, ending):
    channel = channel_of(clinic, kind, "twilio")
    assert signed(channel, body, BODIES[ending], {}).send(clinic.client).status_code == 200


@every_medium
def test_a_stop_that_twilio_heard_stops_and_is_answered_by_twilio_alone(agreed, kind):
    write(agreed, kind, "ENOUGH", OptOutType="STOP")
    assert agreed.gate()["reason"] == "withdrawn"
    assert not OutboundMessage.objects.exists()


@every_medium
def test_a_stop_that_twilio_heard_counts_in_json_as_well(agreed, kind):
    data = {"messageSid": "SM-json", "from": KINDS[kind], "body": "ENOUGH", "optOutType": "STOP"}
    post(agreed, kind, json.dumps([{"id": "EZ1", "data": data}]).encode(), ".json")
    assert agreed.gate()["reason"] == "withdrawn"


@every_medium
def test_a_start_that_twilio_heard_is_a_wish_and_its_yes_still_answers_the_question(clinic, kind):
    write(clinic, kind, "Inicio", OptOutType="START")
    assert ConsentRequest.objects.count() == 1
    assert clinic.events() == []
    write(clinic, kind, "Yes", OptOutType="START")
    assert ConsentRequest.objects.count() == 1
    assert {kind for kind, *_ in clinic.events()} == {"given"}


@pytest.mark.parametrize("flag", ["Forwarded", "FrequentlyForwarded"])
def test_a_code_that_was_forwarded_is_asked_about_and_the_same_one_written_counts(clinic, flag):
    sentence = clinic.choose("appointment-reminders")
    write(clinic, "whatsapp_thread", sentence, **{flag: "true"})
    assert clinic.events() == []
    assert OutboundMessage.objects.get().request is not None
    write(clinic, "whatsapp_thread", sentence, **{flag: "false"})
    assert clinic.gate()["decision"] == "allow"
