"""Who said yes by SMS and renews it is led to WhatsApp: a short code cannot be written to there."""

import re

import pytest
from django.utils import timezone

from optins.consent import links
from optins.models import CaptureChannel, Contact

pytestmark = pytest.mark.once


def test_whoever_renews_is_given_a_number_that_is_on_whatsapp(clinic, client):
    sms = CaptureChannel.objects.filter(kind="sms_short_code", sender__medium="sms").first()
    clinic.write(clinic.choose("health-tips", channel=sms, at=timezone.now()))
    path = re.sub(r"^https?://[^/]+", "", links.address(Contact.objects.get(), timezone.now()))
    (token, *_) = re.findall(r'name="token" value="([^"]+)"', client.get(path).content.decode())
    answer = client.post(path, {"token": token, "again": "health-tips"})
    assert answer.status_code == 200
    number = clinic.sender.number.removeprefix("+")
    assert re.findall(r"https://wa\.me/(\d+)", answer.content.decode())[0] == number
