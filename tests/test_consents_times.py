"""``POST /api/v1/consents``: when it happened."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from optins.models import (
    ConsentEvent,
    ConsentRequest,
)
from tests import gates
from tests.consenting import done, refused, states
from tests.signals import REMINDERS


def test_a_withdrawal_without_a_time_comes_after_a_yes_of_the_same_second(clinic):
    with time_machine.travel(timezone.now(), tick=False):
        clinic.write("JOIN")
        clinic.tap_button("Yes")
        assert clinic.gate()["decision"] == "allow"
        done(clinic, {"action": "withdraw", "purposes": "all"})
        assert clinic.gate()["reason"] == "withdrawn"


@pytest.mark.parametrize("ahead", [299, -1, -86_400])
def test_a_time_is_taken_as_it_is_up_to_five_minutes_ahead(clinic, ahead):
    at = timezone.now().replace(microsecond=0) + timedelta(seconds=ahead)
    done(clinic, {"occurred_at": at.isoformat()})
    assert ConsentEvent.objects.get().occurred_at == at


@pytest.mark.parametrize("action", ["give", "refuse", "withdraw"])
def test_more_than_five_minutes_ahead_is_refused_and_nothing_is_recorded(clinic, action):
    at = (timezone.now() + timedelta(seconds=320)).isoformat()
    assert "future" in refused(clinic, {"occurred_at": at, "action": action}, "occurred_at")
    assert clinic.contacts() == 0 == ConsentRequest.objects.count()


# Half past ten in the evening in UTC is half past midnight of the next day in Johannesburg.
LATE = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("action", "day", "occurred_at"),
    [
        ("give", "2026-11-20", datetime(2026, 11, 19, 22, tzinfo=UTC)),
        ("give", "2026-11-21", datetime(2026, 11, 20, 22, tzinfo=UTC)),
        ("withdraw", "2026-11-20", datetime(2026, 11, 20, 21, 59, 59, 999999, tzinfo=UTC)),
        ("withdraw", "2026-11-21", LATE),
        ("refuse", "2026-11-21", LATE),
        ("refuse", "2026-03-01", datetime(2026, 3, 1, 21, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_a_date_is_the_days_start_for_a_grant_and_its_end_or_now_for_a_stop_where_the_organisation_is(
    clinic, action, day, occurred_at
):
    with time_machine.travel(LATE, tick=False):
        done(clinic, {"action": action, "occurred_at": day})
    assert ConsentEvent.objects.get().occurred_at == occurred_at


@pytest.mark.parametrize("action", ["give", "withdraw"])
def test_a_date_that_has_not_come_yet_where_the_organisation_is_is_refused(clinic, action):
    with time_machine.travel(LATE, tick=False):
        refused(clinic, {"action": action, "occurred_at": "2026-11-22"}, "occurred_at")


def test_a_stop_and_a_grant_of_one_day_are_a_stop(clinic):
    gates.setting(clinic, REMINDERS, requires_confirmation=False)
    done(clinic, {"action": "withdraw", "occurred_at": "2026-11-02"})
    assert states(done(clinic, {"occurred_at": "2026-11-02"})) == [(REMINDERS, "withdrawn", "withdrawn")]


@pytest.mark.parametrize(
    "at",
    ["", "now", "2026-11-20T09:15:02", "2026-02-30", "20.11.2026", 1763629200, "yesterday", [],
     "0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31", "1969-12-31"],
    ids=str,
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused(clinic, at):
    refused(clinic, {"occurred_at": at}, "occurred_at")
