"""Rate limits: what the platform says is obeyed, by every worker, and withdrawals find room."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import time_machine
from django.utils import timezone

from optins.senders.base import Limit
from optins.sync import buckets
from optins.sync.drain import drain
from tests.clinic import SIPHO, THANDI
from tests.sync.outward import people

pytestmark = pytest.mark.once


def statuses(sandbox):
    return [call["status"] for call in sandbox.state()["calls"]]


def limit(sandbox, calls, bucket="general"):
    sandbox.control("POST", "/sandbox/limits", {"limit": calls, "seconds": 60, "bucket": bucket})


def later(seconds):
    """As if that many seconds had passed."""
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=True)


def refusal(retry_after="", **headers):
    given = headers | ({"Retry-After": retry_after} if retry_after else {})
    return 429, given, b'{"errors":[{"code":429,"title":"Too Many Requests"}]}'


def test_a_tenth_of_the_bucket_is_kept_for_withdrawals(outward, sandbox):
    limit(sandbox, 10)
    for person in people(12):
        outward.give(person)
    assert drain() == 9
    outward.stop(people(12)[0])
    assert drain() == 1
    assert sandbox.state()["contacts"][people(12)[0]]["fields"]["opted_in"] is False
    assert statuses(sandbox).count(429) == 0


def test_grants_go_on_when_the_bucket_has_filled_again(outward, sandbox):
    limit(sandbox, 10)
    for person in people(12):
        outward.give(person)
    drain()
    assert drain() == 0
    sandbox.control("POST", "/sandbox/limits", {"limit": 60})
    with later(61):
        assert drain() == 3
    assert all(outward.is_in_step(person) for person in people(12))


def test_replies_and_pushes_have_buckets_of_their_own(outward, sandbox, write):
    limit(sandbox, 2)
    for person in people(4):
        outward.give(person)
    write(THANDI)
    outward.reply()
    drain()
    assert statuses(sandbox) == [200, 201]
    outward.reply()
    assert drain() == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_asked_for_in_seconds_holds_for_everything_in_the_bucket(status, recorded, recorder):
    recorded.give()
    recorded.stop(SIPHO)
    recorder.answers = [(status, {"Retry-After": "7"}, b"")]
    drain()
    recorded.make_due()
    assert drain() == 0
    assert len(recorder.calls) == 1
    with later(8):
        assert drain() == 2
    assert recorded.is_in_step(THANDI)
    assert recorded.is_in_step(SIPHO)


def test_a_pause_may_be_a_date(recorded, recorder):
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    recorded.give()
    recorder.answers = [refusal(format_datetime(until, usegmt=True))]
    drain()
    assert recorded.sender.limits["general"]["paused_until"] == until.timestamp()
    with later(290):
        assert drain() == 0
    with later(301):
        assert drain() == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"Retry-After": "soon"}, 60),
        ({"Retry-After": "9" * 30}, 60),
        ({"Retry-After": "999999"}, 86_400),
    ],
)
def test_a_refusal_that_names_no_sensible_time_pauses_for_a_while(headers, seconds, recorded, recorder):
    recorded.give()
    recorder.answers = [refusal(**headers)]
    drain()
    until = recorded.sender.limits["general"]["paused_until"]
    assert until == pytest.approx(timezone.now().timestamp() + seconds, abs=20)


@pytest.mark.parametrize("when", ["0", "-5", "Fri, 20 Nov 2026 09:15:02 GMT"])
def test_a_pause_that_is_over_already_is_not_hammered_at(when, recorded, recorder):
    recorded.give()
    recorder.answers = [refusal(when)] * 3
    drain()
    assert len(recorder.calls) == 1


def test_a_refusal_without_retry_after_waits_until_the_bucket_fills(recorded, recorder):
    reset = int(timezone.now().timestamp()) + 40
    full = {"X-Ratelimit-Limit": "60", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": str(reset)}
    recorded.give()
    recorder.answers = [refusal(**full)]
    drain()
    assert recorded.sender.limits["general"]["paused_until"] == reset


def test_a_pause_is_no_failed_attempt(outward, sandbox, fault):
    fault(status=429, retry_after=1, times=1)
    outward.give()
    drain()
    row = outward.row()
    assert (row.attempts, row.last_error, row.leased_until) == (0, "", None)
    with later(2):
        drain()
    assert outward.is_in_step()


def test_answers_that_overtake_one_another_give_no_calls_back(recorded):
    sender, reset = recorded.sender.pk, timezone.now().replace(microsecond=0) + timedelta(seconds=60)
    earlier = reset - timedelta(seconds=60)
    for left, at in ((5, reset), (9, reset), (50, earlier)):
        buckets.note(sender, "general", Limit(limit=60, remaining=left, reset_at=at))
    assert recorded.sender.limits["general"]["remaining"] == 5
    buckets.note(sender, "general", Limit(limit=60, remaining=59, reset_at=reset + timedelta(seconds=60)))
    assert recorded.sender.limits["general"]["remaining"] == 59


def test_an_answer_from_before_a_pause_does_not_end_it(recorded):
    sender, now = recorded.sender.pk, timezone.now()
    buckets.pause(sender, "general", now + timedelta(seconds=30))
    buckets.note(sender, "general", Limit(60, 59, now + timedelta(seconds=60)))
    assert not buckets.has_room(recorded.sender, "general", now, leaves_a_tenth=False)
