"""Celery for real: worker processes that are killed, brokers that are dead, and nothing lost."""

import json
import shutil
import socket

import pytest
from django.utils import timezone

from tests import services
from tests.clinic import SIPHO, THANDI, contact_of, message_of, sign
from tests.services import wait_until
from tests.sync.programs import Programs, post

# Programs take their time to start, and a dead worker's lease to run out, on a busy machine above all.
pytestmark = pytest.mark.timeout(300)
LONG = 120.0


@pytest.fixture
def broker(request, tmp_path):
    """The address of a broker that works: the demo's folder, or a Redis of the test's own."""
    if request.param == "filesystem":
        yield "filesystem://"
        return
    with services.redis(tmp_path) as address:
        yield address


@pytest.fixture
def start(tmp_path):
    """Starts programs on a broker; all of them have ended when the test has."""
    begun: list[Programs] = []

    def starter(address: str) -> Programs:
        folder = tmp_path / f"var-{len(begun)}"
        folder.mkdir()
        begun.append(Programs(folder, address))
        return begun[-1]

    yield starter
    for programs in begun:
        programs.end()


def webhook(portal, clinic, text, person=THANDI):
    """A signed webhook over HTTP."""
    message = message_of(text, person=person, at=timezone.now())
    body = json.dumps({"contacts": [contact_of(person, "")], "messages": [message]}).encode()
    headers = {"X-Turn-Hook-Signature": sign(body, clinic.thread.secret), "Content-Type": "application/json"}
    return post(f"{portal}/hooks/{clinic.thread.public_id}/", content=body, headers=headers).status_code


def api(portal, clinic, person, action):
    question = {"phone": f"+{person}", "channel": "riverside-web", "purposes": "all", "action": action}
    question["evidence"] = {"page": "/join"}
    headers = {"Authorization": f"Bearer {clinic.demo.api_key}", "Idempotency-Key": f"{action}-{person}"}
    return post(f"{portal}/api/v1/consents", json=question, headers=headers).status_code


def comes_to_hold(sandbox, opted_in, person=THANDI):
    def holds():
        contact = sandbox.state()["contacts"].get(person)
        return contact and contact["fields"]["opted_in"] is opted_in

    wait_until(holds, seconds=LONG)


def under_way(sandbox, method, path):
    return any(
        call["status"] == 0 and call["method"] == method and call["path"].startswith(path)
        for call in sandbox.state()["calls"]
    )


def shown(sandbox):
    return [m["text"] for m in sandbox.state()["messages"] if m["direction"] == "outbound"]


@pytest.mark.walk
@pytest.mark.parametrize("broker", ["filesystem", "redis"], indirect=True)
def test_a_webhook_reaches_the_platform_by_a_nudge_alone(broker, start, live_outward, sandbox):
    programs, clinic = start(broker), live_outward.clinic
    portal = programs.portal()
    programs.worker(timetable=False)
    live_outward.give()
    assert webhook(portal, clinic, "STOP") == 200

    def nudged():
        # A worker that is not there yet finds the first nudge too old: there is no timetable here.
        webhook(portal, clinic, "HELP")
        contact = sandbox.state()["contacts"].get(THANDI)
        return contact and contact["fields"]["opted_in"] is False

    wait_until(nudged, seconds=LONG)


@pytest.mark.once
def test_the_timetable_finds_what_nobody_nudged_about(start, live_outward, sandbox):
    start("filesystem://").worker()
    live_outward.give()
    comes_to_hold(sandbox, True)
    live_outward.stop()
    comes_to_hold(sandbox, False)


def test_workers_killed_in_a_push_and_in_a_reply_leave_both_to_the_next(
    start, live_outward, sandbox, fault, write
):
    programs = start("filesystem://")
    write(THANDI)
    fault(method="PATCH", delay=100, drop=True)
    fault(path="/v1/messages", delay=100, drop=True)
    live_outward.give()
    live_outward.reply("Thank you")
    workers = [programs.worker(), programs.worker()]
    wait_until(lambda: under_way(sandbox, "PATCH", "/v1/contacts"), seconds=LONG)
    wait_until(lambda: under_way(sandbox, "POST", "/v1/messages"), seconds=LONG)
    for worker in workers:
        programs.kill(worker)
    assert not sandbox.state()["contacts"][THANDI]["fields"]["opted_in"]
    assert shown(sandbox) == []
    programs.worker()
    comes_to_hold(sandbox, True)
    wait_until(lambda: shown(sandbox) == ["Thank you"], seconds=LONG)


@pytest.mark.walk
def test_a_dead_broker_fails_no_webhook_and_no_call_and_loses_nothing(start, live_outward, sandbox, tmp_path):
    programs, clinic = start(f"redis+socket://{tmp_path}/redis.sock"), live_outward.clinic
    portal = programs.portal()
    live_outward.give(THANDI)
    assert webhook(portal, clinic, "STOP") == 200
    assert api(portal, clinic, SIPHO, "withdraw") == 201
    assert clinic.gate()["reason"] == "withdrawn"
    with services.redis(tmp_path):
        programs.worker()
        comes_to_hold(sandbox, False, THANDI)
        comes_to_hold(sandbox, False, SIPHO)
    live_outward.give(THANDI)
    with services.redis(tmp_path):
        comes_to_hold(sandbox, True, THANDI)


@pytest.mark.walk
def test_a_broker_folder_that_is_gone_fails_no_webhook(start, live_outward):
    programs, clinic = start("filesystem://"), live_outward.clinic
    portal = programs.portal()
    shutil.rmtree(programs.folder / "broker")
    (programs.folder / "broker").write_text("in the way")
    assert webhook(portal, clinic, "STOP") == 200
    assert clinic.gate()["reason"] == "withdrawn"


@pytest.mark.walk
def test_a_broker_that_went_silent_holds_up_no_webhook_for_ever(start, live_outward):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        programs, clinic = start(f"redis://127.0.0.1:{silent.getsockname()[1]}"), live_outward.clinic
        portal = programs.portal()
        assert webhook(portal, clinic, "STOP") == 200
        assert webhook(portal, clinic, "STOP", SIPHO) == 200
    assert clinic.gate(phone=f"+{SIPHO}")["reason"] == "withdrawn"
