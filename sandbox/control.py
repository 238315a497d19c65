"""The control API under /sandbox/: see and change the platform from tests and the phone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.delivery import check_hook_url
from sandbox.exchange import Answer, ApiError, Json, Request, bad_request, json_answer
from sandbox.faults import read_fault
from sandbox.limits import BUCKETS
from sandbox.people import digits_of
from sandbox.phone import list_people, post_status, send_from_phone, show_phone
from sandbox.state import State
from sandbox.views import contact_json

HOOK_MEMBERS = {"url", "secret", "retry_seconds"}


def answer_control(state: State, request: Request) -> Answer:
    phone_of = request.path.removeprefix("/sandbox/phone/")
    if request.method == "GET" and phone_of != request.path:
        return json_answer(show_phone(state, phone_of))
    handler = ROUTES.get((request.method, request.path))
    if handler is None:
        raise ApiError(404, 404, "Not Found", "no such control; sandbox/README.md lists them")
    return json_answer(handler(state, request))


def show_state(state: State, request: Request) -> Json:
    """Everything but the secrets; `?contact=` narrows contacts, messages and webhooks to one."""
    only = request.query.get("contact")
    with state.lock:
        contacts = [c for c in state.contacts.values() if only in (None, c.id, c.bsuid)]
        return {
            "contacts": {contact.id: contact_json(state, contact) for contact in contacts},
            "messages": [m.as_json() for m in state.messages.values() if only in (None, m.contact)],
            "deliveries": [d.as_json() for d in state.deliveries if only in (None, d.contact)],
            "calls": [call.as_json() for call in state.calls],
            "faults": state.faults.as_json(),
            "tokens": sorted(state.tokens),
            "hook": {"url": state.hook.url, "signed": bool(state.hook.secret)},
            "number": state.number,
        }


def reset(state: State, request: Request) -> Json:
    with state.lock:
        state.clear()
    return {"reset": True}


def change_faults(state: State, request: Request) -> Json:
    fault = read_fault(request.json())
    with state.lock:
        state.faults.add(fault)
        return {"faults": state.faults.as_json()}


def clear_faults(state: State, request: Request) -> Json:
    with state.lock:
        state.faults.clear()
    return {"faults": []}


def change_limits(state: State, request: Request) -> Json:
    raw = request.json()
    calls, seconds = raw.get("limit"), raw.get("seconds", 60)
    token, bucket = raw.get("token", ""), raw.get("bucket", "")
    if type(calls) is not int or calls < 0 or not _is_positive(seconds):
        raise bad_request("limit is a whole number of calls, seconds a positive number")
    if bucket not in ("", *BUCKETS) or token not in ("", *state.tokens):
        raise bad_request(f"bucket is one of {', '.join(BUCKETS)}; token a known token's name")
    with state.lock:
        state.limits.change(calls=calls, seconds=seconds, token=token, bucket=bucket)
    return {"limit": calls, "seconds": seconds, "token": token, "bucket": bucket}


def change_hook(state: State, request: Request) -> Json:
    raw = request.json()
    pauses = raw.get("retry_seconds", [])
    if raw.keys() - HOOK_MEMBERS or not isinstance(pauses, list):
        raise bad_request(f"a hook has {', '.join(sorted(HOOK_MEMBERS))}")
    if not all(map(_is_positive, pauses)) or not all(
        isinstance(raw.get(name, ""), str) for name in ("url", "secret")
    ):
        raise bad_request("url and secret are texts, retry_seconds a list of positive numbers")
    check_hook_url(raw.get("url", ""))
    with state.lock:
        given = raw | ({"retry_seconds": tuple(pauses)} if "retry_seconds" in raw else {})
        state.hook = replace(state.hook, **given)
        return {"url": state.hook.url, "retry_seconds": list(state.hook.retry_seconds)}


def change_tokens(state: State, request: Request) -> Json:
    """Add or replace tokens by name; an empty text takes one away."""
    raw = request.json()
    if not all(isinstance(token, str) for token in raw.values()):
        raise bad_request("a token is a text")
    with state.lock:
        state.tokens = {name: token for name, token in (state.tokens | raw).items() if token}
        return {"tokens": sorted(state.tokens)}


def change_number(state: State, request: Request) -> Json:
    number = digits_of(request.json().get("number"))
    with state.lock:
        state.number = number
    return {"number": number}


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


ROUTES: dict[tuple[str, str], Callable[[State, Request], Json]] = {
    ("GET", "/sandbox/state"): show_state,
    ("POST", "/sandbox/reset"): reset,
    ("POST", "/sandbox/faults"): change_faults,
    ("DELETE", "/sandbox/faults"): clear_faults,
    ("POST", "/sandbox/limits"): change_limits,
    ("POST", "/sandbox/hook"): change_hook,
    ("POST", "/sandbox/tokens"): change_tokens,
    ("POST", "/sandbox/number"): change_number,
    ("GET", "/sandbox/phone"): list_people,
    ("POST", "/sandbox/phone/send"): send_from_phone,
    ("POST", "/sandbox/phone/status"): post_status,
}
