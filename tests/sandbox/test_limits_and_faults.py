"""Rate limits, and the trouble that tests can ask for."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from sandbox.limits import Limits

pytestmark = pytest.mark.once

ONE = "/v1/contacts/27820000101/profile"


def fault(sandbox, **what):
    sandbox.control("POST", "/sandbox/faults", what)


def test_every_answer_tells_what_is_left_of_its_bucket(api):
    first, second = api.get(ONE), api.patch(ONE, json={})
    assert first.headers["X-Ratelimit-Bucket"] == "general"
    assert first.headers["X-Ratelimit-Limit"] == "60"
    left = [int(answer.headers["X-Ratelimit-Remaining"]) for answer in (first, second)]
    assert left == [59, 58]
    assert first.headers["X-Ratelimit-Reset"] == second.headers["X-Ratelimit-Reset"]


def test_a_call_over_the_limit_is_refused_as_recorded(api, sandbox, fixture):
    sandbox.control("POST", "/sandbox/limits", {"limit": 1, "seconds": 60})
    api.get(ONE)
    refused = api.patch(ONE, json={"opted_in": True})
    assert (refused.status_code, refused.json()) == (429, fixture("api_rate_limited.response"))
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["X-Ratelimit-Remaining"] == "0"
    assert sandbox.state()["contacts"] == {}


def test_each_token_and_each_bucket_has_calls_of_its_own(api, sandbox):
    sandbox.control("POST", "/sandbox/limits", {"limit": 1})
    assert [api.get(ONE).status_code for _ in range(2)] == [404, 429]
    assert api.get(ONE, headers={"Authorization": "Bearer secret-2"}).status_code == 404
    sends = [{"type": "text"}, {"type": "image"}, {"type": "template"}]
    answers = [api.post("/v1/messages", json=body) for body in sends]
    assert [a.headers["X-Ratelimit-Bucket"] for a in answers] == ["text", "media", "text"]
    assert [a.status_code for a in answers] == [400, 400, 429]


def test_a_limit_can_be_set_for_one_token_and_bucket(api, sandbox):
    limit = {"limit": 0, "token": "token-2", "bucket": "general"}
    sandbox.control("POST", "/sandbox/limits", limit)
    assert api.get(ONE).status_code == 404
    assert api.get(ONE, headers={"Authorization": "Bearer secret-2"}).status_code == 429


def test_a_window_begins_anew_when_it_has_ended():
    limits = Limits(calls=2, seconds=60)
    waits = [limits.take("t", "general", now).retry_after for now in (100.0, 130.0, 159.5, 160.0)]
    assert waits == [0, 0, 1, 0]


def test_calls_at_the_same_time_are_counted_one_by_one(api, sandbox):
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda n: api.patch(ONE, json={"name": str(n)}).status_code, range(80)))
    assert statuses.count(429) == 20
    assert sandbox.state()["contacts"]["27820000101"]["generation"] == 60


@pytest.mark.parametrize("status", [429, 500, 503])
def test_the_next_calls_can_be_refused(status, api, sandbox):
    fault(sandbox, status=status, times=2, method="PATCH", path="/v1/contacts/2782", retry_after=7)
    assert api.get(ONE).status_code == 404
    answers = [api.patch(ONE, json={"opted_in": True}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 201]
    assert answers[0].json()["errors"][0]["code"] == status
    assert answers[0].headers.get("Retry-After") == ("7" if status == 429 else None)
    assert "X-Ratelimit-Remaining" in answers[0].headers


def test_a_fault_can_carry_a_code_of_the_platform(api, sandbox):
    fault(sandbox, status=400, code=131026, path="/v1/messages")
    assert api.post("/v1/messages", json={}).json()["errors"][0]["code"] == 131026


def test_a_fault_can_be_meant_for_one_token(api, sandbox):
    fault(sandbox, status=503, token="token-2")
    assert api.get(ONE).status_code == 404
    assert api.get(ONE, headers={"Authorization": "Bearer secret-2"}).status_code == 503


def test_an_answer_can_be_lost_after_the_effect(api, sandbox):
    fault(sandbox, when="after", drop=True)
    with pytest.raises(httpx.RemoteProtocolError):
        api.patch(ONE, json={"opted_in": True})
    assert sandbox.state()["contacts"]["27820000101"]["fields"]["opted_in"] is True
    assert sandbox.state()["calls"][0]["dropped"] is True


def test_a_connection_can_be_lost_before_the_effect(api, sandbox):
    fault(sandbox, drop=True)
    with pytest.raises(httpx.RemoteProtocolError):
        api.patch(ONE, json={"opted_in": True})
    assert sandbox.state()["contacts"] == {}


def test_a_call_can_be_held_up_before_its_effect(api, sandbox):
    fault(sandbox, delay=60)
    with pytest.raises(httpx.ReadTimeout):
        api.patch(ONE, json={"opted_in": True}, timeout=0.2)
    assert sandbox.state()["contacts"] == {}
    assert sandbox.state()["calls"][0]["status"] == 0


def test_a_call_can_be_held_up_after_its_effect(api, sandbox):
    fault(sandbox, delay=60, when="after")
    with pytest.raises(httpx.ReadTimeout):
        api.patch(ONE, json={"opted_in": True}, timeout=0.2)
    assert sandbox.state()["contacts"]["27820000101"]["fields"]["opted_in"] is True


def test_a_reset_cuts_off_what_is_held_up(api, sandbox):
    fault(sandbox, delay=60)
    with ThreadPoolExecutor(1) as pool:
        held_up = pool.submit(api.patch, ONE, json={"opted_in": True})
        sandbox.wait_for(lambda state: state["calls"])
        sandbox.control("POST", "/sandbox/reset")
        with pytest.raises(httpx.RemoteProtocolError):
            held_up.result()
    assert sandbox.state()["contacts"] == {}


def test_a_short_delay_only_delays(api, sandbox):
    fault(sandbox, delay=0.05)
    assert api.patch(ONE, json={"opted_in": True}).elapsed.total_seconds() >= 0.05


def test_faults_can_be_taken_back(api, sandbox):
    fault(sandbox, status=500)
    sandbox.control("DELETE", "/sandbox/faults")
    assert api.get(ONE).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{}, {"status": 200}, {"status": "500"}, {"colour": "red"}, {"delay": 1000}, {"drop": True, "times": 0}],
)
def test_a_fault_that_makes_no_sense_is_refused(wrong, sandbox):
    with pytest.raises(AssertionError, match="400"):
        fault(sandbox, **wrong)
