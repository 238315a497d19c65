"""Calls that are changed, unsigned, of another call or long over are refused and counted."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from channels_capture.ivr import state
from channels_capture.ivr.tests.phones import (
    Phone,
    changed,
    events,
)
from optins.models import (
    CaptureChannel,
    InboundDelivery,
    InboundMessage,
)

pytestmark = pytest.mark.once


def test_what_is_changed_by_one_byte_unsigned_or_of_another_call_is_refused_and_counted(phone, clinic):
    phone.dial()
    phone.press("1")
    kept = InboundDelivery.objects.count(), InboundMessage.objects.count()
    address, token = phone.address, state.token(phone.address.partition("?")[2])
    made = getattr(phone, f"_{phone.provider}")("1")
    body = (json.dumps(made) if phone.provider == "vonage" else urlencode(made)).encode()
    headers = phone.sign(address, body)
    tried = []
    if headers:
        tried += [(address, other, headers) for other in changed(body)]
        tried += [(address, body, {}), (address, body, dict.fromkeys(headers, "Bearer a.b.c"))]
    else:
        key = phone.hook.rstrip("/").rpartition("/")[2]
        tried += [(address.replace(key, key[:-1] + ("A" if key[-1] != "A" else "B")), body, {})]
        tried += [(address.replace(f"{key}/", ""), body, {})]
    states = [
        token.replace(token[at], "A" if token[at] != "A" else "B", 1) for at in range(0, len(token), 20)
    ]
    foreign = Phone(clinic, phone.provider, call="call-2")
    foreign.dial()
    for other in [*states, state.token(foreign.address.partition("?")[2])]:
        forged = f"{phone.hook}?{urlencode({'state': other})}"
        tried.append((forged, body, phone.sign(forged, body)))
    for other, raw, signed in tried:
        assert phone.send(other, raw, signed).status_code == 401, (other, raw)
    assert CaptureChannel.objects.get(pk=phone.channel.pk).refused_count == len(tried)
    assert (InboundDelivery.objects.count() - 1, InboundMessage.objects.count() - 1) == kept
    assert events() == []


def test_the_address_of_a_call_long_over_is_refused(twilio, time_machine):
    twilio.dial()
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert twilio.request("1").status_code == 401
