"""Africa's Talking's notices by SMS: each is known by what identifies it, and nothing else is a stop."""

from urllib.parse import urlencode

import pytest

from optins.models import InboundDelivery
from tests.channels.recordings import BODIES, signed
from tests.channels.writing import channel_of
from tests.clinic import THANDI

pytestmark = pytest.mark.once

WHO = {"phoneNumber": f"+{THANDI}"}
SUBSCRIPTION = WHO | {"shortCode": "21512", "keyword": "tips"}
TIPS, REMINDERS = "health-tips", "appointment-reminders"


@pytest.fixture
def agreed(clinic):
    clinic.write(clinic.choose(TIPS, REMINDERS))
    return clinic


def tell(clinic, **notice):
    channel = channel_of(clinic, "sms_short_code", "africastalking")
    post = signed(channel, urlencode(notice).encode(), BODIES[".form"], {})
    assert post.send(clinic.client).status_code == 200


def stops(clinic):
    return [purpose for kind, purpose, _ in clinic.events() if kind == "withdrawn"]


def states():
    return list(InboundDelivery.objects.order_by("pk").values_list("state", flat=True))[1:]


def test_a_report_of_a_delivery_is_no_stop_also_without_its_status(agreed):
    report = WHO | {"id": "ATXid_1", "networkCode": "65501", "failureReason": "", "retryCount": "0"}
    tell(agreed, **report, status="Success")
    tell(agreed, **report)
    assert stops(agreed) == []
    assert states() == ["done", "done"]


@pytest.mark.parametrize("notice", [SUBSCRIPTION, WHO, SUBSCRIPTION | {"updateType": "renewal"}])
def test_a_notice_that_does_not_say_what_it_is_stops_nothing_and_is_shown_to_staff(agreed, notice):
    tell(agreed, **notice)
    assert stops(agreed) == []
    assert states() == ["failed"]


@pytest.mark.parametrize("said", ["deletion", "Deletion", "DELETION", " deletion "])
def test_who_leaves_a_subscription_stops_what_the_channel_is_about_however_it_is_spelled(agreed, said):
    tell(agreed, **SUBSCRIPTION, updateType=said)
    assert sorted(stops(agreed)) == [REMINDERS, TIPS]


def test_an_addition_in_capitals_is_a_wish_and_an_opt_out_stops_everything(agreed):
    tell(agreed, **SUBSCRIPTION, updateType="Addition")
    assert (stops(agreed), states()) == ([], ["done"])
    tell(agreed, **WHO, senderId="RIVERSIDE")
    assert stops(agreed) == [None]
