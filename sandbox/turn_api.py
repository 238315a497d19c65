"""The platform's API under /v1/: token, rate limit, faults on request, then the call itself."""

import re
import time
from collections.abc import Callable

from sandbox.exchange import Answer, ApiError, DropConnection, Request
from sandbox.faults import Fault
from sandbox.records import Call, note_call
from sandbox.state import State
from sandbox.turn_contacts import (
    change_profile,
    check_numbers,
    read_claim,
    read_profile,
    read_schema,
    release_claim,
    replace_schema,
)
from sandbox.turn_import import import_contacts
from sandbox.turn_messages import bucket_of, send_message

OWN_API = "application/vnd.v1+json"
ONE = "/v1/contacts/([^/]+)"
ROUTES: list[tuple[str, str, Callable[..., Answer]]] = [
    ("GET", "/v1/contacts/schemas", read_schema),
    ("POST", "/v1/contacts/schemas", replace_schema),
    ("GET", f"{ONE}/profile", read_profile),
    ("PATCH", f"{ONE}/profile", change_profile),
    ("GET", f"{ONE}/claim", read_claim),
    ("DELETE", f"{ONE}/claim", release_claim),
]


def answer_api(state: State, request: Request) -> Answer:
    """Answer and log one call; DropConnection when a fault cuts it off."""
    token = _token_name(state, request)
    with state.lock:
        call = note_call(state.next_number(), request, token)
        state.calls.append(call)
    try:
        answer = _answer_counted(state, request, call) if token else Answer(403)
    except DropConnection:
        call.dropped = True
        raise
    call.status = answer.status
    return answer


def _token_name(state: State, request: Request) -> str:
    scheme, _, presented = request.headers.get("authorization", "").partition(" ")
    return state.name_of(presented.strip()) if scheme.lower() == "bearer" else ""


def _answer_counted(state: State, request: Request, call: Call) -> Answer:
    """Every answer carries the bucket's headers; a call over the limit meets nothing else."""
    call.bucket = bucket_of(request)
    with state.lock:
        allowance = state.limits.take(call.token, call.bucket, time.time())
        over = allowance.retry_after > 0
        fault = None if over else state.faults.take(call.method, call.path, call.token)
    call.fault = fault is not None
    answer = allowance.refusal() if over else _answer_troubled(state, request, fault)
    return answer.with_headers(allowance.headers())


def _answer_troubled(state: State, request: Request, fault: Fault | None) -> Answer:
    interrupted = state.interrupted
    if fault and fault.when == "before":
        return fault.strike(interrupted) or _answer(state, request)
    answer = _answer(state, request)
    return (fault and fault.strike(interrupted)) or answer


def _answer(state: State, request: Request) -> Answer:
    try:
        with state.lock:
            return _route(state, request)
    except ApiError as error:
        return error.answer()


def _route(state: State, request: Request) -> Answer:
    if (request.method, request.path) == ("POST", "/v1/messages"):
        return send_message(state, request)
    own = OWN_API in request.headers.get("accept", "")
    if (request.method, request.path) == ("POST", "/v1/contacts"):
        return import_contacts(state, _as_csv(request)) if own else check_numbers(request)
    for method, pattern, handler in ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match and method == request.method:
            if not own:
                raise ApiError(406, 406, "Not Acceptable", f"send Accept: {OWN_API}")
            return handler(state, request, *match.groups())
    raise ApiError(404, 404, "Not Found", "no such call")


def _as_csv(request: Request) -> Request:
    if not request.headers.get("content-type", "").startswith("text/csv"):
        raise ApiError(415, 415, "Unsupported Media Type", "this sandbox imports text/csv only")
    return request
