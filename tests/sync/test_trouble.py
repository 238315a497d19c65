"""Failures: what passes is tried again from the database, what does not is shown to staff."""

from datetime import timedelta
from statistics import pstdev

import pytest
import time_machine
from django.utils import timezone

from optins.models import Sender
from optins.senders import turn
from optins.senders.base import SenderError
from optins.sync import leases
from optins.sync.drain import drain
from sandbox.testing import running_sandbox
from tests.clinic import SIPHO, THANDI
from tests.services import free_port
from tests.sync.conftest import FLAGS, TOKEN
from tests.sync.outward import people

HTML = {"Content-Type": "text/html"}


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


def test_a_wrong_token_is_the_accounts_trouble_and_heals(outward, sandbox):
    sandbox.control("POST", "/sandbox/tokens", {"token-1": "another"})
    for person in people(3):
        outward.give(person)
    assert drain() == 0
    assert [call["status"] for call in calls(sandbox)] == [403]
    assert outward.row(people(3)[0]).last_error == "HTTP 403, code none"
    sandbox.control("POST", "/sandbox/tokens", {"token-1": TOKEN})
    outward.make_due()
    assert drain() == 3


@pytest.mark.parametrize(
    "answer",
    [(404, HTML, b"<h1>Not here</h1>"), (301, {"Location": "https://example.org/"}, b""), (400, {}, b"[1]")],
)
def test_an_answer_that_is_not_the_platforms_own_parks_nobody(answer, recorded, recorder):
    recorded.give()
    recorder.answers = [answer]
    assert drain() == 0
    assert recorded.row().parked_at is None
    recorded.make_due()
    assert drain() == 1


@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b'{"fields": 1, "messages": {"id": 1}, "data": []}'])
def test_a_yes_in_an_unknown_shape_is_a_yes(body, recorded, recorder):
    recorded.give()
    message = recorded.reply()
    recorder.answers = [(200, {}, body), (201, {}, body)]
    assert drain() == 2
    assert recorded.is_in_step()
    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.parametrize(
    "values", [{"token": ""}, {"token": "töken€"}, {"url": "http://["}, {"url": "clinic"}]
)
def test_a_sender_that_is_set_up_wrongly_holds_up_no_other(values, outward, sandbox):
    Sender.objects.create(
        organisation=outward.clinic.organisation,
        slug="wrong",
        platform="turn",
        number="+27820000901",
        base_url=values.get("url", sandbox.url),
        token=values.get("token", TOKEN),
    )
    Sender.objects.create(organisation=outward.clinic.organisation, slug="gone", platform="no-such")
    outward.give()
    assert drain() == 1
    assert outward.is_in_step()


def test_in_an_outage_one_call_a_run_asks_whether_it_is_over(outward, sandbox, fault):
    fault(status=503, times=1)
    for person in people(5):
        outward.give(person)
    assert drain() == 0
    assert len(calls(sandbox)) == 1
    assert drain() == 4


def test_pushes_go_on_while_messages_cannot_be_sent(outward, fault):
    fault(path="/v1/messages", status=503, times=50)
    for person in people(3):
        outward.give(person)
        outward.reply(to=person)
    assert drain() == 3
    assert all(outward.is_in_step(person) for person in people(3))


def test_nothing_is_lost_while_the_platform_is_down(outward):
    flags = ("--port", str(free_port()))
    with running_sandbox(*FLAGS, *flags) as platform:
        outward.move_to(platform.url)
        outward.give(THANDI)
        drain()
    outward.stop(THANDI)
    outward.give(SIPHO)
    assert drain() == 0
    assert not outward.is_in_step(THANDI)
    with running_sandbox(*FLAGS, *flags) as platform:
        outward.make_due()
        drain()
        contacts = platform.state()["contacts"]
        assert contacts[THANDI]["fields"]["opted_in"] is False
        assert contacts[SIPHO]["fields"]["opted_in"] is True


def test_a_call_that_was_given_up_cannot_undo_a_later_stop(outward, sandbox, fault):
    fault(delay=9)
    outward.give()
    drain()
    assert outward.row().last_error == "No answer: ReadTimeout"
    outward.stop()
    drain()
    sandbox.wait_for(lambda state: state["contacts"][THANDI]["fields"]["opted_in"])
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=True):
        assert drain() == 1
        assert sandbox.state()["contacts"][THANDI]["fields"]["opted_in"] is False
        outward.make_due()
        assert drain() == 0


@pytest.fixture
def _new_client():
    """The client is made anew: it reads the environment once."""
    turn._client().close()
    turn._client.cache_clear()
    yield
    turn._client().close()
    turn._client.cache_clear()


@pytest.mark.usefixtures("_new_client")
def test_this_machine_is_never_reached_through_a_proxy(outward, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    outward.give()
    assert drain() == 1
