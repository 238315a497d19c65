"""Posting webhooks to the portal, and posting them again when nothing good came back."""

import http.client
import time
from threading import Event, Thread
from urllib.parse import urlsplit

from sandbox.exchange import bad_request
from sandbox.guard import LOCAL_NAMES
from sandbox.records import Attempt, Delivery
from sandbox.state import State

TIMEOUT = 20.0
SHOWN_ANSWER = 4000


def check_hook_url(url: str) -> str:
    """Webhooks leave this machine for nowhere: only loopback over http is taken."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read for the ValueError of a port that is no number
    except ValueError as error:
        raise bad_request("the hook is no address") from error
    if url and (parts.scheme != "http" or parts.hostname not in LOCAL_NAMES):
        raise bad_request("the hook is an http address on this machine")
    return url


def deliver(state: State, delivery: Delivery, *, retry: bool) -> tuple[Attempt, str]:
    """Post once, going on in the background if need be; the attempt, and the delivery's state.

    As on the platform, a 5xx or no answer is tried again, and a 4xx drops the event.
    """
    interrupted = state.interrupted
    attempt = _attempt(state, delivery)
    outcome = _note(state, delivery, attempt, may_retry=retry)
    if outcome == "retrying":
        Thread(target=_redeliver, args=(state, delivery, interrupted), daemon=True).start()
    return attempt, outcome


def _redeliver(state: State, delivery: Delivery, interrupted: Event) -> None:
    pauses = state.hook.retry_seconds
    for place, pause in enumerate(pauses, start=1):
        if interrupted.wait(pause):
            return
        attempt = _attempt(state, delivery)
        if _note(state, delivery, attempt, may_retry=place < len(pauses)) != "retrying":
            return


def _attempt(state: State, delivery: Delivery) -> Attempt:
    """One POST to the hook as it is now; no proxy, no redirect is followed."""
    at, began = time.time(), time.monotonic()
    try:
        status, answer = post(state.hook.url, delivery.body, delivery.headers)
        return Attempt(at, time.monotonic() - began, status, answer)
    except (OSError, http.client.HTTPException) as error:
        said = f"{type(error).__name__}: {error}"
        return Attempt(at, time.monotonic() - began, 0, error=said)


def post(url: str, body: bytes, headers: dict[str, str], *, most: int = SHOWN_ANSWER) -> tuple[int, str]:
    """The status and as much of the answer as is wanted; an OSError where nothing answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target or "/", body, headers)
        response = connection.getresponse()
        return response.status, response.read(most).decode("utf-8", "replace")
    finally:
        connection.close()


def _note(state: State, delivery: Delivery, attempt: Attempt, *, may_retry: bool) -> str:
    """Write down the attempt and what it means for the message on the phone; return the new state."""
    with state.lock:
        delivery.attempts.append(attempt)
        delivery.state = _outcome(attempt.status, may_retry=may_retry)
        message = state.messages.get(delivery.about)
        if message and message.direction == "inbound":
            message.status = delivery.state
        return delivery.state


def _outcome(status: int, *, may_retry: bool) -> str:
    if 200 <= status < 300:
        return "accepted"
    if status and status < 500:
        return "refused"
    return "retrying" if may_retry else "given_up"
