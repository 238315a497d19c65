"""Codes of a device's stock that nobody used go at their time; all others stay."""

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from optins import retention
from optins.models import ConsentRequest, DeskCapture, InboundMessage
from tests.signing_in import signed_in

LATE = "This code is not of this device's stock, or it was removed 30 days after it had expired."


def in_stock():
    return ConsentRequest.objects.filter(capture__captured_at=None, capture__device__isnull=False).count()


def test_codes_that_nobody_used_go_when_no_upload_can_come_any_more(tablet):
    now = datetime.now(UTC)
    assert in_stock() == 5
    retention.remove_outdated(now + timedelta(days=43))
    assert in_stock() == 5
    retention.remove_outdated(now + timedelta(days=45))
    assert (in_stock(), DeskCapture.objects.count()) == (0, 0)


def test_codes_that_were_captured_or_sent_stay(clinic, tablet):
    now = datetime.now(UTC)
    captured, sent = tablet.codes[:2]
    assert tablet.upload(tablet.entry(captured, "health-tips")) == "recorded"
    clinic.write(f"Yes {sent}")
    clinic.write(f"Yes {captured}", person="27820000202")
    assert InboundMessage.objects.filter(outcome="wait").count() == 1
    retention.remove_outdated(now + timedelta(days=400))
    left = ConsentRequest.objects.filter(capture__isnull=False)
    used = Q(capture__captured_at__isnull=False) | Q(capture__early__isnull=False)
    assert left.count() == left.filter(used).count() == 2
    assert clinic.events() == [("given", "health-tips", True)]


def test_an_upload_before_that_counts_and_one_after_it_is_told_why_not(tablet):
    first, second = (tablet.entry(code, "health-tips") for code in tablet.codes[:2])
    for days, text, told in ((43, first, "recorded"), (45, second, LATE)):
        retention.remove_outdated(datetime.now(UTC) + timedelta(days=days))
        # The agent's session was removed as well: a colleague brings it.
        assert tablet.upload(text, client=signed_in("owner")) == told


def test_what_was_captured_online_is_no_stock(agent):
    agent.capture("health-tips")
    retention.remove_outdated(datetime.now(UTC) + timedelta(days=400))
    assert ConsentRequest.objects.filter(capture__isnull=False).count() == 1
