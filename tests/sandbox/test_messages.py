"""Sending: the window, the limits of each kind of message, and what the phone shows."""

import time

import pytest

pytestmark = pytest.mark.once

BUTTON = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}
DAY = 24 * 60 * 60


def write(sandbox, **message):
    return sandbox.control("POST", "/sandbox/phone/send", {"from": "27820000101", "text": "hello"} | message)


def text(body="Thank you", **to):
    return {"type": "text", "text": {"body": body}} | (to or {"to": "27820000101"})


def buttons(*replies, body="May we?"):
    action = {"buttons": list(replies)}
    interactive = {"type": "button", "body": {"text": body}, "action": action}
    return {"to": "27820000101", "type": "interactive", "interactive": interactive}


def rows(*items):
    action = {"button": "Choose", "sections": [{"title": "All", "rows": list(items)}]}
    interactive = {"type": "list", "body": {"text": "Which?"}, "action": action}
    return {"to": "27820000101", "type": "interactive", "interactive": interactive}


def link(url):
    action = {"name": "cta_url", "parameters": {"display_text": "Open", "url": url}}
    interactive = {"type": "cta_url", "body": {"text": "Your choices"}, "action": action}
    return {"to": "27820000101", "type": "interactive", "interactive": interactive}


@pytest.mark.parametrize("name", ["api_messages_text.request", "api_messages_interactive.request"])
def test_outside_the_window_only_templates_go(name, api, fixture):
    refused = api.post("/v1/messages", json=fixture(name))
    assert (refused.status_code, refused.json()) == (400, fixture("api_error_window.response"))
    assert api.post("/v1/messages", json=fixture("api_messages_template.request")).status_code == 200


def test_a_message_from_the_person_opens_the_window(api, sandbox):
    write(sandbox)
    answer = api.post("/v1/messages", json=text())
    assert answer.json()["messages"][0]["id"].startswith("wamid.")
    assert sandbox.state()["contacts"]["27820000101"]["window_open"] is True


def test_the_window_of_one_person_is_not_anothers(api, sandbox):
    write(sandbox)
    assert api.post("/v1/messages", json=text(to="27820000102")).status_code == 400


def test_the_window_ends_24_hours_after_the_message(api, sandbox):
    write(sandbox, timestamp=int(time.time()) - DAY)
    assert api.post("/v1/messages", json=text()).status_code == 400
    write(sandbox, timestamp=int(time.time()) - DAY + 60)
    assert api.post("/v1/messages", json=text()).status_code == 200


def test_a_late_message_does_not_shorten_the_window(api, sandbox):
    write(sandbox)
    write(sandbox, timestamp=1_795_000_000)
    assert api.post("/v1/messages", json=text()).status_code == 200


def test_a_person_without_a_number_is_written_to_as_recipient(api, sandbox):
    write(sandbox, **{"from": ""}, bsuid="ZA.1349")
    assert api.post("/v1/messages", json=text(recipient="ZA.1349")).status_code == 200
    assert sandbox.state("ZA.1349")["messages"][-1]["text"] == "Thank you"


def test_where_both_are_named_the_number_wins(api, sandbox):
    write(sandbox)
    answer = api.post("/v1/messages", json=text(to="+27820000101", recipient="ZA.1349"))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "message",
    [
        text("x" * 4096),
        buttons(BUTTON, body="x" * 1024),
        link("https://example.org/m/"),
        buttons(*[{"type": "reply", "reply": {"id": str(n) * 256, "title": "x" * 20}} for n in range(3)]),
        rows(*[{"id": str(n), "title": "x" * 24, "description": "x" * 72} for n in range(10)]),
    ],
)
def test_what_is_just_within_the_limits_goes(message, api, sandbox):
    write(sandbox)
    assert api.post("/v1/messages", json=message).status_code == 200


@pytest.mark.parametrize(
    "message",
    [
        link("javascript:alert(1)"),
        {"to": "27820000101", "type": ["text"]},
        text("x" * 4097),
        text(" "),
        text(to=""),
        text(to="Thandi"),
        {"to": "27820000101"},
        {"to": "27820000101", "type": "text", "text": "Thank you"},
        {"to": "27820000101", "type": "carrier_pigeon"},
        {"to": "27820000101", "type": "image", "image": {}},
        buttons(),
        buttons(*[{"type": "reply", "reply": {"id": str(n), "title": "Yes"}} for n in range(4)]),
        buttons(BUTTON, BUTTON),
        buttons({"type": "reply", "reply": {"id": "x" * 257, "title": "Yes"}}),
        buttons({"type": "reply", "reply": {"id": "yes", "title": "x" * 21}}),
        buttons({"type": "reply", "reply": {"id": "yes"}}),
        buttons(BUTTON, body="x" * 1025),
        rows(*[{"id": str(n), "title": "One"} for n in range(11)]),
        rows({"id": "1", "title": "x" * 25}),
        {"to": "27820000101", "type": "template", "template": {"name": "optin_confirm"}},
    ],
)
def test_what_is_beyond_the_limits_is_refused_and_not_shown(message, api, sandbox):
    write(sandbox)
    answer = api.post("/v1/messages", json=message)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] in (-1, 131008, 131009)
    assert [m["direction"] for m in sandbox.state()["messages"]] == ["inbound"]


def test_the_phone_shows_text_and_what_can_be_tapped(api, sandbox, fixture):
    write(sandbox)
    api.post("/v1/messages", json=fixture("api_messages_interactive.request"))
    shown = sandbox.control("GET", "/sandbox/phone/27820000101")["messages"][-1]
    assert shown["text"].startswith("May Acme Clinic send you reminders")
    assert [choice["title"] for choice in shown["choices"]] == ["Yes, please", "No, thanks"]


def test_the_phone_shows_a_template_with_its_parameters(api, sandbox, fixture):
    api.post("/v1/messages", json=fixture("api_messages_template.request"))
    assert sandbox.state()["messages"][-1]["text"] == "Template optin_confirm · Thandi"


def test_an_answer_can_release_the_claim(api, sandbox):
    write(sandbox, claim="c-1")
    api.post("/v1/messages", json=text(), headers={"X-Turn-Claim-Release": "c-1"})
    assert sandbox.state()["contacts"]["27820000101"]["claim"] is None
