"""A missed call: hung up on, no event, nobody written to; and whoever writes afterwards is asked once."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from django.utils import timezone

from channels_capture import registry
from optins.models import (
    CaptureChannel,
    ConsentRequest,
    Contact,
    InboundDelivery,
    InboundMessage,
    OutboundMessage,
)

pytestmark = pytest.mark.once

FIXTURE = Path(__file__).with_name("fixtures") / "africastalking" / "voice_incoming.form"
CALLER = "27820000101"
REJECTED = b'<?xml version="1.0" encoding="UTF-8"?><Response><Reject /></Response>'


@pytest.fixture
def channel(clinic):
    return next(row for row in clinic.demo.channels if row.kind == "missed_call")


def ring(clinic, channel, session="call-1", address="", **changes):
    form = dict(parse_qsl(FIXTURE.read_text())) | {
        "sessionId": session,
        "callerNumber": f"+{CALLER}",
        **changes,
    }
    path = address or registry.hook_address(channel).removeprefix("http://testserver")
    return clinic.client.post(path, urlencode(form), content_type="application/x-www-form-urlencoded")


def test_it_is_no_event_and_nothing_is_sent_but_whoever_writes_is_asked_once(clinic, channel, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    for session in ("call-1", "call-1", "call-2"):  # rings, is told again, rings once more
        answer = ring(clinic, channel, session)
        assert (answer.status_code, answer.content) == (200, REJECTED)
    assert ring(clinic, channel, isActive="0").content == REJECTED
    assert clinic.events() == []
    assert not Contact.objects.exists()
    assert not OutboundMessage.objects.exists()
    request = ConsentRequest.objects.get()
    assert (request.kind, request.typed_number, request.code_digest) == ("consent", f"+{CALLER}", "")
    assert request.shown == request.translation.content_hash
    assert set(InboundMessage.objects.values_list("outcome", flat=True)) == {"interest"}
    assert clinic.gate()["reason"] == "unknown_contact"

    time_machine.shift(timedelta(minutes=1))
    clinic.write("Hello")
    (question,) = clinic.replies()
    assert question.request.kind == "was_that_you"
    assert clinic.events() == []
    time_machine.shift(timedelta(minutes=1))
    clinic.write("Hello?")
    assert len(clinic.replies()) == 1
    clinic.tap_button("Yes")
    assert [(kind, proved) for kind, _, proved in clinic.events()] == [("given", True), ("given", True)]


def test_nobody_in_particular_and_what_is_no_call_to_us_open_nothing(clinic, channel):
    nobody = [{"callerNumber": "private"}, {"callerNumber": ""}, {"direction": "Outbound"}, {"isActive": "2"}]
    for number, changes in enumerate(nobody):
        assert ring(clinic, channel, f"call-{number}", **changes).content == REJECTED
    assert not ConsentRequest.objects.exists()


def test_only_the_channels_own_secret_address_is_taken_and_any_field_may_be_missing(clinic, channel):
    own = registry.hook_address(channel).removeprefix("http://testserver")
    key = own.rstrip("/").rpartition("/")[2]
    wrong = [
        own.replace(key, key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1 :])
        for at in range(len(key))
    ]
    assert {ring(clinic, channel, address=address).status_code for address in wrong} == {401}
    assert CaptureChannel.objects.get(pk=channel.pk).refused_count == len(wrong)
    assert not InboundDelivery.objects.exists()
    whole = dict(parse_qsl(FIXTURE.read_text()))
    for name in whole:
        less = urlencode({field: value for field, value in whole.items() if field != name})
        response = clinic.client.post(own, less, content_type="application/x-www-form-urlencoded")
        assert (response.status_code, response.content) == (200, REJECTED)
    assert not InboundDelivery.objects.exclude(state="done").exists()
