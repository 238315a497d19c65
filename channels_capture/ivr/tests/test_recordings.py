"""What providers sent, read as it came and with anything missing."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest
from django.utils import timezone

from channels_capture.base import Incoming
from channels_capture.ivr.africastalking import AfricastalkingVoice
from channels_capture.ivr.tests.phones import (
    CALLER,
    FIXTURES,
    body_of,
    changed,
)
from channels_capture.ivr.twilio import TwilioVoice
from channels_capture.ivr.vonage import VonageVoice

pytestmark = pytest.mark.once


FORMS = sorted(
    path for path in FIXTURES.rglob("*") if path.suffix in (".form", ".json") and ".sig" not in path.name
)

ADAPTERS = {"twilio": TwilioVoice(), "africastalking": AfricastalkingVoice(), "vonage": VonageVoice()}


@pytest.mark.once
@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_recorded_webhook_is_read_and_survives_the_loss_of_any_field(path):
    adapter, body = ADAPTERS[path.parent.name], path.read_bytes()
    is_over = "completed" in path.name
    assert [message.text for message in adapter.parse(body, {}, "").messages] == (
        [] if is_over else ["1" if "_1" in path.stem or "dtmf" in path.stem else ""]
    )
    whole = json.loads(body) if path.suffix == ".json" else dict(parse_qsl(body.decode(), True))
    for name in whole:
        less = {key: value for key, value in whole.items() if key != name}
        raw = json.dumps(less) if path.suffix == ".json" else urlencode(less)
        for message in adapter.parse(raw.encode(), {}, "").messages:
            assert message.id


@pytest.mark.once
@pytest.mark.parametrize("name", ["voice_incoming", "voice_gather_digits_1", "voice_status_completed"])
def test_twilios_own_signature_is_right_and_one_byte_changed_is_wrong(name):
    note = json.loads(body_of(f"twilio/{name}.sig.json"))

    def is_taken(body):
        query = note["url"].partition("?")[2].encode()
        headers = {"X-Twilio-Signature": note["signature"]}
        at = timezone.now()
        incoming = Incoming("POST", note["url"], query, body, headers, "acme", at)
        return ADAPTERS["twilio"].verify(incoming, note["secret"])

    body = body_of(f"twilio/{name}.form")
    assert is_taken(body)
    assert not any(map(is_taken, changed(body, count=100)))


@pytest.mark.once
def test_the_old_and_the_new_shape_of_vonages_key_are_read():
    for dtmf in ("1", {"digits": "1", "timed_out": False}):
        body = json.dumps({"uuid": "u", "from": CALLER, "dtmf": dtmf}).encode()
        assert ADAPTERS["vonage"].parse(body, {}, "").messages[0].text == "1"
