"""Trouble of the platform or the account: nobody is parked, nothing is lost, and no other sender waits."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from optins.models import Sender
from optins.senders.calls import client
from optins.sync.drain import drain
from sandbox.testing import running_sandbox
from tests.clinic import SIPHO, THANDI
from tests.services import free_port
from tests.sync.conftest import FLAGS, TOKEN
from tests.sync.outward import people

HTML = {"Content-Type": "text/html"}


def calls(sandbox):
    return sandbox.state()["calls"]


@pytest.mark.once
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


@pytest.mark.once
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


@pytest.mark.once
@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b'{"fields": 1, "messages": {"id": 1}, "data": []}'])
def test_a_yes_in_an_unknown_shape_is_a_yes(body, recorded, recorder):
    recorded.give()
    message = recorded.reply()
    recorder.answers = [(200, {}, body), (201, {}, body)]
    assert drain() == 2
    assert recorded.is_in_step()
    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.once
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


@pytest.mark.once
def test_in_an_outage_one_call_a_run_asks_whether_it_is_over(outward, sandbox, fault):
    fault(status=503, times=1)
    for person in people(5):
        outward.give(person)
    assert drain() == 0
    assert len(calls(sandbox)) == 1
    assert drain() == 4


@pytest.mark.once
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
    client().close()
    client.cache_clear()
    yield
    client().close()
    client.cache_clear()


@pytest.mark.once
@pytest.mark.usefixtures("_new_client")
def test_this_machine_is_never_reached_through_a_proxy(outward, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    outward.give()
    assert drain() == 1
