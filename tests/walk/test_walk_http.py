"""The main job, end to end: ``./dev run`` as a process, and nothing but HTTP."""

import json
import os
import re
import signal
import time

import httpx
import pytest

from sandbox.webhooks import sign
from tests.services import wait_until

pytestmark = [pytest.mark.walk, pytest.mark.timeout(300)]

BOTH = ("appointment-reminders", "health-tips")
BSUID = "ZA.13491208655300000001"


def test_a_person_opts_in_on_the_page_and_stops_in_the_chat(demo):
    person, who = {"from": "27820000101"}, {"phone": "+27820000101"}
    sentence = demo.choose(demo.channel("website")["page_url"], *BOTH, phone="082 000 0101")
    made_at = int(time.time())
    assert demo.reason(**who) == "unknown_contact"

    sent = demo.write(sentence, timestamp=made_at, **person)
    assert sent["status"] == 200
    allowed = demo.gate(**who)
    assert (allowed["decision"], allowed["mode"], allowed["reason"]) == ("allow", "template", "consent")
    assert re.fullmatch(r"[0-9a-f-]{36}", allowed["event"])
    held = demo.comes_to_hold("27820000101", True)
    assert held["opted_in_at"] == time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(made_at))

    stopped = demo.write("STOP", **person)
    denied = demo.gate(**who)
    assert (denied["decision"], denied["mode"], denied["reason"]) == ("deny", None, "withdrawn")
    demo.comes_to_hold("27820000101", False)
    confirmation = demo.received("27820000101", 2)
    assert [choice["title"] for choice in confirmation["choices"]] == ["Appointment reminde…", "Health tips"]

    before = demo.events()
    assert before.count("given") == 2
    demo.write(sentence, timestamp=made_at, id=sent["id"], **person)
    demo.write(sentence, timestamp=made_at, id="late-and-under-a-new-id", **person)
    demo.write("STOP", timestamp=int(stopped["body"]["messages"][0]["timestamp"]), id=stopped["id"], **person)
    assert demo.events() == before
    assert demo.reason(**who) == "withdrawn"
    assert demo.held("27820000101")["opted_in"] is False


def test_what_is_kept_after_a_stop_is_allowed_again(demo):
    person, who = {"from": "27820000102"}, {"phone": "+27820000102"}
    demo.write(demo.choose(demo.channel("website")["page_url"], *BOTH, phone="+27 82 000 0102"), **person)
    demo.write("STOP", **person)
    demo.tap(person, demo.received("27820000102", 2), "Health")
    assert demo.consents_to("health-tips", **who)
    assert demo.reason("appointment-reminders", **who) == "withdrawn"
    demo.comes_to_hold("27820000102", True)


def test_whoever_sends_the_code_of_the_page_that_asks_no_number_consents(demo):
    sentence = demo.choose(demo.channel("website", 1)["page_url"], "health-tips")
    assert demo.reason("health-tips", phone="+27820000103") == "unknown_contact"
    demo.write(sentence, **{"from": "27820000103"})
    assert demo.consents_to("health-tips", phone="+27820000103")
    assert demo.reason("appointment-reminders", phone="+27820000103") == "no_record"
    demo.comes_to_hold("27820000103", True)


def test_a_person_who_shows_no_number_opts_in_and_out(demo):
    sentence = demo.choose(demo.channel("website", 1)["page_url"], *BOTH)
    assert demo.reason(bsuid=BSUID) == "unknown_contact"
    demo.write(sentence, bsuid=BSUID)
    assert demo.gate(bsuid=BSUID)["decision"] == "allow"
    demo.comes_to_hold(BSUID, True)
    assert demo.received(BSUID, 1)["body"]["recipient"] == BSUID
    demo.write("STOP", bsuid=BSUID)
    assert demo.reason(bsuid=BSUID) == "withdrawn"
    demo.comes_to_hold(BSUID, False)


def test_a_join_word_asks_and_yes_counts(demo):
    person, who = {"from": "447700900101"}, {"phone": "+447700900101"}
    demo.write("JOIN", **person)
    question = demo.received("447700900101", 1)
    assert "Riverside Clinic" in question["text"]
    assert "WhatsApp" in question["text"]
    assert demo.reason(**who) == "unknown_contact"
    demo.tap(person, question, "Yes")
    assert demo.gate(**who)["decision"] == "allow"
    demo.comes_to_hold("447700900101", True)


@pytest.mark.parametrize("signature", [None, "", "bm90IHRoZSBzaWduYXR1cmU=", "another secret's"])
def test_a_webhook_that_is_not_signed_is_refused_and_leaves_nothing(demo, signature):
    message = {"id": "forged", "from": "27820000199", "timestamp": "1795000000", "type": "text"}
    body = json.dumps({"messages": [message | {"text": {"body": "STOP"}}]}).encode()
    signature = sign("another secret", body) if signature == "another secret's" else signature
    headers = {} if signature is None else {"X-Turn-Hook-Signature": signature}
    hook = demo.channel("whatsapp_thread")["hook_url"]
    answer = httpx.post(hook, content=body, headers=headers, trust_env=False)
    assert answer.status_code == 401
    assert demo.reason(phone="+27820000199") == "unknown_contact"


def test_a_platform_that_was_down_is_told_when_it_is_back(demo):
    person = {"from": "27820000111"}
    demo.sandbox.control("POST", "/sandbox/faults", {"method": "PATCH", "status": 503})
    demo.write(demo.choose(demo.channel("website", 1)["page_url"], *BOTH), **person)
    assert demo.gate(phone="+27820000111")["decision"] == "allow"
    demo.comes_to_hold("27820000111", True)


def test_a_worker_that_is_killed_in_the_middle_of_a_push_is_started_again_and_does_it(demo):
    demo.sandbox.control("POST", "/sandbox/faults", {"method": "PATCH", "delay": 100, "drop": True})
    demo.write(demo.choose(demo.channel("website", 1)["page_url"], *BOTH), **{"from": "27820000115"})
    demo.sandbox.wait_for(
        lambda state: any((call["method"], call["status"]) == ("PATCH", 0) for call in state["calls"]),
        seconds=60,
    )
    os.kill(demo.worker(), signal.SIGKILL)
    wait_until(lambda: "The worker ended" in demo.said())
    assert demo.held("27820000115")["opted_in"] is False
    demo.comes_to_hold("27820000115", True)


def test_the_gate_says_the_same_on_the_command_line(demo):
    demo.write("STOP", **{"from": "27820000112"})
    question = ("--phone", "+27820000112", "--purpose", "health-tips")
    assert json.loads(demo.manage("gate", *question)) == demo.gate("health-tips", phone="+27820000112")


def test_no_log_of_the_demo_holds_a_number(demo):
    logs = "".join(path.read_text() for path in (demo.var / "log").glob("*.log"))
    assert not re.search(r"27820000\d{3}|447700900101", logs + demo.said())


def test_the_second_start_keeps_the_data_and_everything_ends(demo):
    demo.write("STOP", **{"from": "27820000113"})
    before, details = demo.events(), demo.details
    assert demo.stop() == 0
    assert demo.running() == []
    demo.start()
    assert "Setting up" not in demo.said()
    assert "Creating" not in demo.said()
    assert demo.events() == before
    assert demo.details == details
    assert demo.reason(phone="+27820000113") == "withdrawn"
