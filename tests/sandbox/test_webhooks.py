"""Webhooks look, sign and redeliver as the platform's do."""

import json

import pytest

from sandbox.webhooks import sign
from tests.sandbox.conftest import FIXTURES

pytestmark = pytest.mark.once

PERSON = {"from": "27820000101", "name": "Thandi M", "timestamp": 1795166102}
NEW_EACH_TIME = {"contact_uuid", "inserted_at", "permalink", "updated_at", "uuid"}
SENT_AS = {
    "inbound_text_join": {**PERSON, "id": "ABGGJ4IAAAAQ-sF0gx5ts0AAAA01", "text": "JOIN clinic"},
    "inbound_button_reply": {
        **PERSON,
        "id": "ABGGJ4IAAAAQ-sF0gx5ts0AAAA03",
        "button": {"id": "optin:yes:v3", "title": "Yes, send me updates"},
        "context_id": "wamid.HBgLMjc4MjAwMDAxMDEVAgARGBIAAAAAAAAAAAAAAAAAAAAA",
    },
    "inbound_list_reply": {
        **PERSON,
        "id": "ABGGJ4IAAAAQ-sF0gx5ts0AAAA04",
        "list": {
            "id": "topic:reminders",
            "title": "Reminders",
            "description": "Clinic visit reminders",
        },
    },
    "inbound_text_forwarded": {
        **PERSON,
        "id": "ABGGJ4IAAAAQ-sF0gx5ts0AAAA31",
        "text": "Yes, send me appointment reminders from Riverside Clinic on WhatsApp. K7QX4MZP",
        "forwarded": True,
    },
    "inbound_text_frequently_forwarded": {
        **PERSON,
        "id": "ABGGJ4IAAAAQ-sF0gx5ts0AAAA32",
        "text": "Yes, send me appointment reminders from Riverside Clinic on WhatsApp. K7QX4MZP",
        "frequently_forwarded": True,
    },
    "inbound_text_bsuid_only": {
        "bsuid": "ZA.13491208655300000001",
        "name": "Thandi M",
        "timestamp": 1795166102,
        "id": "ABGGJ4IAAAAQ-sF0gx5ts0AAAA06",
        "text": "YES",
    },
}


def send(sandbox, **message):
    message = {"from": "27820000101"} | message
    return sandbox.control("POST", "/sandbox/phone/send", message)


def settled(value, *also):
    """The payload without what is new each time, with its keys in their order."""
    volatile = NEW_EACH_TIME | set(also)
    if isinstance(value, dict):
        return [(key, "new" if key in volatile else settled(item, *also)) for key, item in value.items()]
    return [settled(item, *also) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.sig.json")), ids=lambda path: path.name)
def test_the_signature_of_a_recorded_body_is_the_recorded_signature(path):
    recorded = json.loads(path.read_bytes())
    body = path.with_name(recorded["body_file"]).read_bytes()
    assert sign(recorded["secret"], body) == recorded["signature"]


@pytest.mark.parametrize("name", SENT_AS)
def test_a_message_from_the_phone_is_posted_as_recorded(name, sandbox, portal, fixture):
    sandbox.control("POST", "/sandbox/phone/send", SENT_AS[name])
    posted = json.loads(portal.received[0][1])
    hidden = ("author", "owner") if "bsuid" in name else ()
    assert settled(posted, *hidden) == settled(fixture(name), *hidden)


def test_what_is_posted_carries_a_signature_over_its_raw_bytes(sandbox, portal):
    send(sandbox, text="Añañá ☎")
    headers, body = portal.received[0]
    assert headers["X-Turn-Hook-Signature"] == sign("turn-test-hmac-secret", body)
    assert headers["X-Turn-Hook-Subscription"] == "whatsapp"


def test_without_a_secret_nothing_is_signed(sandbox, portal):
    sandbox.control("POST", "/sandbox/hook", {"secret": ""})
    send(sandbox, text="hello")
    assert "X-Turn-Hook-Signature" not in portal.received[0][0]


def test_a_claim_and_a_subscription_go_into_the_headers(sandbox, portal):
    send(sandbox, text="hello", claim="c-1", subscription="turn")
    headers = portal.received[0][0]
    assert (headers["X-Turn-Claim"], headers["X-Turn-Hook-Subscription"]) == ("c-1", "turn")


def test_a_person_without_a_number_has_one_in_the_platforms_own_part_only(sandbox):
    body = send(sandbox, **{"from": ""}, bsuid="ZA.1349", text="hello")["body"]
    assert "wa_id" not in body["contacts"][0]
    assert "from" not in body["messages"][0]
    owner = body["messages"][0]["_vnd"]["v1"]["chat"]["owner"]
    assert owner.startswith("+")
    assert owner[1:].isdecimal()


def test_a_person_can_show_both_a_number_and_a_bsuid(sandbox):
    body = send(sandbox, bsuid="ZA.1349", text="hello")["body"]
    assert body["contacts"][0]["user_id"] == body["messages"][0]["from_bsuid"] == "ZA.1349"
    assert body["contacts"][0]["wa_id"] == body["messages"][0]["from"] == "27820000101"


def test_the_answer_tells_what_the_portal_said(sandbox, portal):
    portal.answers[:] = [401]
    answer = send(sandbox, text="hello")
    assert (answer["status"], answer["answer"], answer["state"]) == (401, "thank you", "refused")


def test_a_server_error_is_posted_again_until_it_is_accepted(sandbox, portal):
    portal.answers[:] = [503, 500]
    assert send(sandbox, text="hello")["state"] == "retrying"
    sandbox.wait_for(lambda state: state["deliveries"][0]["state"] == "accepted")
    assert [a["status"] for a in sandbox.state()["deliveries"][0]["attempts"]] == [503, 500, 200]
    assert len({body for _, body in portal.received}) == 1


def test_a_refusal_is_never_posted_again(sandbox, portal):
    portal.answers[:] = [400]
    send(sandbox, text="first")
    send(sandbox, text="second")
    assert [d["state"] for d in sandbox.state()["deliveries"]] == ["refused", "accepted"]
    assert len(portal.received) == 2


def test_redelivery_can_be_switched_off(sandbox, portal):
    portal.answers[:] = [503]
    assert send(sandbox, text="hello", retry=False)["state"] == "given_up"


def test_redelivery_ends_after_the_last_pause(sandbox, portal):
    portal.answers[:] = [500] * 9
    send(sandbox, text="hello")
    sandbox.wait_for(lambda state: state["deliveries"][0]["state"] == "given_up")
    assert len(portal.received) == 4


def test_a_portal_that_does_not_answer_is_tried_again(sandbox, portal):
    sandbox.control("POST", "/sandbox/hook", {"url": "http://127.0.0.1:9/"})
    answer = send(sandbox, text="hello")
    assert (answer["status"], answer["state"]) == (0, "retrying")
    assert "refused" in answer["error"]


def test_the_same_id_is_posted_again_but_shown_once(sandbox, portal):
    for _ in range(2):
        send(sandbox, text="hello", id="the-same")
    assert [m["id"] for m in sandbox.state()["messages"]] == ["the-same"]
    assert len(portal.received) == 2


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [("status_delivered", "delivered", 0), ("status_failed_131047", "failed", 131047)],
)
def test_a_status_is_posted_as_recorded(name, status, code, sandbox, portal, api, fixture):
    send(sandbox, text="hello")
    sent = api.post("/v1/messages", json=fixture("api_messages_text.request")).json()["messages"][0]["id"]
    told = {"id": sent, "status": status, "code": code}
    sandbox.control("POST", "/sandbox/phone/status", told)
    posted = json.loads(portal.received[-1][1])
    assert settled(posted, "id", "timestamp", "details") == settled(
        fixture(name), "id", "timestamp", "details"
    )
    assert posted["statuses"][0]["id"] == sent
    assert sandbox.state()["messages"][-1]["status"] == status
