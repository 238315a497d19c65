"""Numbers that nothing reaches any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from optins.models import (
    ContactIdentifier,
    Purpose,
)
from tests.clinic import THANDI
from tests.stops.answers import VISITS, reasons
from tests.stops.statuses import refused

pytestmark = pytest.mark.once


def failed(clinic, at, code=131026):
    status = {**refused(THANDI, at), "id": f"wamid.{at}", "errors": [{"code": code}]}
    clinic.deliver({"statuses": [status]})


def delivered(clinic, at):
    stamp = str(int(at.timestamp()))
    clinic.deliver(
        {
            "statuses": [
                {"id": f"wamid.ok.{at}", "status": "delivered", "recipient_id": THANDI, "timestamp": stamp}
            ]
        }
    )


def test_after_long_failure_and_silence_what_is_sensitive_waits_until_the_person_writes(agreed, time_machine):
    Purpose.objects.filter(key=VISITS).update(sensitive=True)
    begun = timezone.now()
    time_machine.move_to(begun + timedelta(days=1))
    failed(agreed, timezone.now(), code=131049)  # this says nothing about reach
    failed(agreed, timezone.now())
    failed(agreed, timezone.now())
    assert set(ContactIdentifier.objects.values_list("failures_in_row", flat=True)) == {1}
    answer = agreed.gate(VISITS)
    assert answer["decision"] == "allow"
    assert answer["valid_until"].startswith(f"{begun + timedelta(days=91):%Y-%m-%d}")
    # A message that arrives in between shows that the number is still theirs.
    time_machine.move_to(begun + timedelta(days=60))
    delivered(agreed, timezone.now())
    time_machine.move_to(begun + timedelta(days=70))
    failed(agreed, timezone.now())
    time_machine.move_to(begun + timedelta(days=159))
    assert reasons(agreed) == ["consent", "consent"]
    time_machine.move_to(begun + timedelta(days=161))
    assert reasons(agreed) == ["number_stale", "consent"]
    # One that arrives now may arrive at somebody else.
    delivered(agreed, timezone.now())
    assert reasons(agreed)[0] == "number_stale"
    agreed.write("hello")
    assert reasons(agreed) == ["consent", "consent"]
