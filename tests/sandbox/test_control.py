"""The control API, who may use it, and how the sandbox starts."""

import ast
import json
import sys
from pathlib import Path

import httpx
import pytest

import sandbox as sandbox_package
from sandbox.settings import read_settings
from sandbox.testing import running_sandbox

pytestmark = pytest.mark.once

ONE = "/v1/contacts/27820000101/profile"


def send(sandbox, **message):
    return sandbox.control("POST", "/sandbox/phone/send", message)


def test_the_state_logs_calls_with_their_bodies_but_no_secret(api, sandbox):
    api.patch(ONE, json={"opted_in": True})
    state = sandbox.state()
    call = state["calls"][0]
    told = [call[name] for name in ("method", "path", "status", "token", "bucket", "body")]
    assert told == ["PATCH", ONE, 201, "token-1", "general", {"opted_in": True}]
    assert "secret-1" not in json.dumps(state)
    assert "turn-test-hmac-secret" not in json.dumps(state)


def test_the_state_can_be_narrowed_to_one_contact(sandbox):
    send(sandbox, **{"from": "27820000101"}, text="one")
    send(sandbox, **{"from": "27820000102"}, text="two")
    state = sandbox.state("27820000102")
    assert list(state["contacts"]) == ["27820000102"]
    assert [message["text"] for message in state["messages"]] == ["two"]


def test_a_reset_forgets_everything_but_hook_tokens_and_number(api, sandbox, portal):
    sandbox.control("POST", "/sandbox/limits", {"limit": 1})
    send(sandbox, **{"from": "27820000101"}, text="hello")
    sandbox.control("POST", "/sandbox/reset")
    state = sandbox.state()
    assert (state["contacts"], state["messages"], state["calls"]) == ({}, [], [])
    assert (state["hook"]["url"], state["number"]) == (portal.url, "27820000900")
    assert api.get(ONE).headers["X-Ratelimit-Limit"] == "60"


def test_tokens_can_be_added_and_taken_away(api, sandbox):
    sandbox.control("POST", "/sandbox/tokens", {"third": "secret-3"})
    assert api.get(ONE, headers={"Authorization": "Bearer secret-3"}).status_code == 404
    sandbox.control("POST", "/sandbox/tokens", {"third": ""})
    assert api.get(ONE, headers={"Authorization": "Bearer secret-3"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "sandbox.example.org"},
        {"Origin": "https://example.org"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_other_origins_are_refused(headers, sandbox):
    for method, path in (("GET", "/sandbox/state"), ("POST", "/sandbox/reset")):
        answer = httpx.request(method, sandbox.url + path, headers=headers, trust_env=False)
        assert answer.status_code == 403


def test_the_phones_own_page_may_use_the_control_api(sandbox):
    headers = {"Origin": sandbox.url, "Sec-Fetch-Site": "same-origin"}
    answer = httpx.post(sandbox.url + "/sandbox/reset", headers=headers, trust_env=False)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sandbox/hook", {"url": "https://example.org/hooks/"}),
        ("/sandbox/hook", {"url": "http://192.0.2.1/"}),
        ("/sandbox/hook", {"retry_seconds": [-1]}),
        ("/sandbox/limits", {"limit": "many"}),
        ("/sandbox/limits", {"limit": 5, "bucket": "pail"}),
        ("/sandbox/phone/send", {"text": "nobody said this"}),
        ("/sandbox/phone/send", {"from": "27820000101"}),
        ("/sandbox/phone/send", {"from": "27820000101", "text": "a", "button": {"id": "b"}}),
        ("/sandbox/phone/send", {"from": "27820000101", "txet": "a"}),
        ("/sandbox/phone/send", {"from": "27820000101", "text": "a", "timestamp": 1.5}),
        ("/sandbox/phone/status", {"id": "x", "status": "lost"}),
    ],
)
def test_what_makes_no_sense_is_refused(path, body, sandbox, portal):
    with pytest.raises(AssertionError, match="400"):
        sandbox.control("POST", path, body)
    assert portal.received == []


def test_raw_members_are_laid_over_the_message(sandbox):
    referral = {"raw": {"referral": {"source_id": "ad-1"}}}
    body = send(sandbox, **{"from": "27820000101"}, text="hello", **referral)["body"]
    assert body["messages"][0]["referral"] == {"source_id": "ad-1"}
    image = {"raw": {"type": "image", "image": {"id": "m-1"}}}
    body = send(sandbox, **{"from": "27820000101"}, **image)["body"]
    assert body["messages"][0]["type"] == "image"


def test_the_sandbox_needs_the_standard_library_alone():
    folder = Path(sandbox_package.__file__).parent
    nodes = [node for path in folder.glob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} - sys.stdlib_module_names == {"sandbox"}


def test_the_health_check_answers(sandbox):
    assert sandbox.control("GET", "/healthz") == {"status": "ok"}


def test_pages_come_with_a_strict_policy(sandbox):
    for path in ("/", "/static/phone.css", "/static/phone.js"):
        answer = httpx.get(sandbox.url + path, trust_env=False)
        assert answer.status_code == 200
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")


@pytest.mark.parametrize("path", ["/static/../server.py", "/static/%2e%2e/server.py", "/server.py"])
def test_only_the_phones_files_are_served(path, sandbox):
    assert httpx.get(sandbox.url + path, trust_env=False).status_code == 404


def test_a_wa_me_link_opens_the_phone_with_the_text(sandbox):
    answer = httpx.get(f"{sandbox.url}/wa.me/27820000900?text=Yes%2C%20I%20do", trust_env=False)
    assert answer.headers["Location"] == "/?to=27820000900&text=Yes%2C+I+do"


def test_a_body_of_unknown_length_is_refused(sandbox):
    answer = httpx.post(sandbox.url + "/sandbox/reset", content=iter([b"{}"]), trust_env=False)
    assert answer.status_code == 411


def test_the_demos_description_gives_hook_number_and_token(tmp_path, monkeypatch):
    channels = [
        {"kind": "website", "provider": None, "hook_url": None, "secret": None},
        {"kind": "whatsapp_thread", "provider": "twilio", "hook_url": "http://127.0.0.1/no", "secret": "n"},
        {"kind": "whatsapp_thread", "provider": "turn", "hook_url": "http://127.0.0.1/yes", "secret": "y"},
    ]
    config = {
        "organisation": "riverside-clinic",
        "channels": channels,
        "sender": {"slug": "main", "number": "+27 82 000 0900"},
        "sandbox": {"url": "http://127.0.0.1:8001", "token": "for-checks"},
    }
    (tmp_path / "demo.json").write_text(json.dumps(config))
    monkeypatch.setenv("SANDBOX_SENDER_TOKEN", "for-the-portal")
    settings = read_settings(["--config", str(tmp_path / "demo.json")])
    assert (settings.hook_url, settings.hook_secret) == ("http://127.0.0.1/yes", "y")
    assert (settings.organisation, settings.number) == ("Riverside Clinic", "27820000900")
    assert settings.tokens == {"portal": "for-the-portal", "sandbox": "for-checks"}


def test_an_empty_token_lets_nobody_in(monkeypatch):
    monkeypatch.setenv("SANDBOX_SENDER_TOKEN", "")
    assert read_settings(["--token", ""]).tokens == {}


def test_a_missing_description_is_named(tmp_path):
    with pytest.raises(SystemExit, match="cannot read"):
        read_settings(["--config", str(tmp_path / "none.json")])


def test_a_sandbox_that_cannot_start_says_so(sandbox):
    port = sandbox.url.rpartition(":")[2]
    with pytest.raises(RuntimeError, match="did not start"), running_sandbox("--port", port):
        pass
