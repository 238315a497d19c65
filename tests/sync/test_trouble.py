"""Failures: what passes is tried again from the database, what does not is shown to staff."""

from datetime import timedelta
from statistics import pstdev

import pytest
import time_machine
from django.utils import timezone

from optins.senders.base import SenderError
from optins.sync import leases
from optins.sync.drain import drain
from tests.clinic import SIPHO, THANDI


def calls(sandbox):
    return sandbox.state()["calls"]


def waits(outward):
    """Seconds until the next attempt."""
    return (outward.row().next_attempt_at - timezone.now()).total_seconds()


@pytest.mark.parametrize(
    "what",
    [{"status": 500}, {"status": 503}, {"status": 408}, {"status": 400, "code": 131016}, {"drop": True}],
)
def test_what_passes_is_tried_again_with_growing_waits(what, outward, sandbox, fault):
    outward.give()
    fault(times=4, **what)
    for attempt in range(1, 5):
        assert drain() == 0
        assert outward.row().attempts == attempt
        assert outward.row().last_error
        assert outward.row().leased_until is None
        assert waits(outward) <= 1.5 * 2**attempt
        outward.make_due()
    assert drain() == 1
    row = outward.row()
    assert (row.pushed, row.attempts, row.last_error) == (row.desired, 0, "")
    assert len(calls(sandbox)) == 5


def test_nothing_is_tried_before_its_time(outward, sandbox, fault):
    outward.give()
    fault(status=500)
    drain()
    with time_machine.travel(timezone.now() - timedelta(seconds=60), tick=True):
        assert drain() == 0
    assert len(calls(sandbox)) == 1


@pytest.mark.parametrize(("outage", "longest"), [(False, 600), (True, 30)])
def test_waits_grow_to_a_limit_and_never_end_all_at_one_moment(outage, longest, outward):
    outward.give()
    row, now = outward.row(), timezone.now()
    for attempts in (0, 1, 2, 3, 100_000):
        nominal = min(2.0 * 2 ** min(attempts, 20), longest)
        found = []
        for _ in range(40):
            row.attempts = attempts
            leases.postpone(row, SenderError("It failed.", outage=outage), now)
            found.append((outward.row().next_attempt_at - now).total_seconds())
        assert nominal / 2 <= min(found) <= max(found) <= nominal * 1.5
        assert pstdev(found) > nominal / 20


def test_a_withdrawal_does_not_wait_for_the_grant_that_failed_before_it(recorded, recorder):
    recorded.give()
    taken = recorded.take()
    taken.attempts = 9
    recorded.stop()
    leases.postpone(taken, SenderError("It failed."), timezone.now())
    assert (recorded.row().attempts, recorded.row().leased_until) == (0, None)
    assert drain() == 1
    assert recorder.bodies == [{"opted_in": False}]


def test_what_is_refused_for_good_is_parked_for_staff_until_something_changes(outward, sandbox, fault):
    outward.give()
    fault(status=400, code=-1)
    assert drain() == 1
    row = outward.row()
    assert row.parked_at is not None
    assert row.last_error == "HTTP 400, code -1"
    outward.make_due()
    assert drain() == 0
    outward.stop()
    assert drain() == 1
    assert outward.row().parked_at is None
    assert sandbox.state()["contacts"][THANDI]["fields"]["opted_in"] is False


def test_a_contact_that_is_refused_holds_up_nobody_else(outward, sandbox, fault):
    fault(status=400, code=1006, path=f"/v1/contacts/{THANDI}")
    outward.give(THANDI)
    outward.give(SIPHO)
    assert drain() == 2
    assert outward.is_in_step(SIPHO)
