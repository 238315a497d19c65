"""What a person does with the phone, turned into webhooks for the portal."""

import time
from typing import Any

from sandbox.delivery import deliver
from sandbox.exchange import ApiError, Json, Request, bad_request, compact_json
from sandbox.ids import inbound_id
from sandbox.people import Contact, bsuid_of, digits_of
from sandbox.records import Delivery, Message
from sandbox.state import State
from sandbox.views import people_json, phone_json
from sandbox.webhooks import hook_headers, inbound_body, reply_content, status_body

STATUSES = ("sending", "sent", "delivered", "read", "failed", "deleted")
SEND_MEMBERS = {
    *("from", "bsuid", "name", "text", "button", "list", "raw", "forwarded", "frequently_forwarded"),
    *("context_id", "timestamp", "id", "claim", "subscription", "retry"),
}


def list_people(state: State, request: Request) -> Json:
    with state.lock:
        return people_json(state)


def show_phone(state: State, contact_id: str) -> Json:
    with state.lock:
        return phone_json(state, contact_id)


def send_from_phone(state: State, request: Request) -> Json:
    """A message from a person: it opens their window, shows on the phone, goes to the hook.

    Returns `id`, `status` of the portal (0 when nothing answered), `body` as it was posted,
    `answer` of the portal, `error`, and `state` of the delivery.
    """
    raw = request.json()
    if unknown := sorted(raw.keys() - SEND_MEMBERS):
        raise bad_request(f"unknown: {', '.join(unknown)}")
    with state.lock:
        _require_hook(state)
        contact = _writer(state, raw)
        body = _inbound(state, contact, raw)
        delivery = _queue(state, contact, body["messages"][0]["id"], "message", body, raw)
    return _posted(state, delivery, body, retry=raw.get("retry") is not False)


def post_status(state: State, request: Request) -> Json:
    """`{id, status, code?, timestamp?, retry?}`: tell the hook what became of a sent message."""
    raw = request.json()
    if raw.get("status") not in STATUSES:
        raise bad_request(f"status is one of {', '.join(STATUSES)}")
    code = raw.get("code", 0)
    if type(code) is not int:
        raise bad_request("code is a number")
    with state.lock:
        _require_hook(state)
        message = state.messages.get(str(raw.get("id")))
        if message is None or message.direction != "outbound":
            raise ApiError(404, 404, "Not Found", "no message with this id was sent")
        message.status = raw["status"]
        contact = state.contacts[message.contact]
        body = status_body(
            contact,
            message_id=message.id,
            status=message.status,
            timestamp=_whole_seconds(raw),
            code=code,
        )
        delivery = _queue(state, contact, message.id, "status", body, raw)
    return _posted(state, delivery, body, retry=raw.get("retry") is not False)


def _require_hook(state: State) -> None:
    if not state.hook.url:
        raise ApiError(409, 409, "Conflict", "no hook: set one with POST /sandbox/hook")


def _writer(state: State, raw: Json) -> Contact:
    """The person who writes: known by `from`, by `bsuid`, or by both on one contact."""
    number = digits_of(raw["from"]) if raw.get("from") else ""
    bsuid = bsuid_of(raw["bsuid"]) if raw.get("bsuid") else ""
    if not (number or bsuid):
        raise bad_request("a message needs from (digits), bsuid, or both")
    contact = state.find_contact(number or bsuid) or state.make_contact(number or bsuid)
    if number and bsuid:
        contact.bsuid = bsuid
    contact.name = str(raw.get("name") or contact.name)
    contact.fields["whatsapp_profile_name"] = contact.name
    contact.claim = str(raw["claim"]) if raw.get("claim") else contact.claim
    return contact


def _inbound(state: State, contact: Contact, raw: Json) -> Json:
    """The webhook's body; the message is on the phone and the window open before it is posted."""
    timestamp = _whole_seconds(raw)
    content = _content(raw)
    message_id = str(raw.get("id") or inbound_id(contact.id))
    body = inbound_body(
        contact,
        message_id=message_id,
        timestamp=timestamp,
        content=content,
        context=_context(state, raw),
    )
    contact.last_inbound_at = max(timestamp, contact.last_inbound_at or 0)
    if message_id not in state.messages:
        state.messages[message_id] = _bubble(state, contact, body["messages"][0], raw)
    return body


def _content(raw: Json) -> Json:
    """What is in the message; `raw` lays further members over it, such as a referral."""
    given = [name for name in ("text", "button", "list") if raw.get(name) is not None]
    if len(given) > 1 or not (given or raw.get("raw")):
        raise bad_request("a message has one of text, button and list, or raw")
    more: Any = raw.get("raw") or {}
    if not isinstance(more, dict):
        raise bad_request("raw is an object")
    if not given:
        return more
    for name in ("button", "list"):
        _check_choice(name, raw.get(name))
    content = reply_content(text=raw.get("text"), button=raw.get("button"), choice=raw.get("list"))
    return content | more


def _check_choice(name: str, choice: Any) -> None:
    if choice is None:
        return
    if not isinstance(choice, dict) or not all(isinstance(choice.get(k), str) for k in ("id", "title")):
        raise bad_request(f"{name} is {{id, title}}, both texts")


def _context(state: State, raw: Json) -> Json:
    if raw.get("forwarded") or raw.get("frequently_forwarded"):
        often = {"frequently_forwarded": True} if raw.get("frequently_forwarded") else {}
        return {"forwarded": True} | often
    if raw.get("context_id"):
        return {"from": state.number, "id": str(raw["context_id"])}
    return {}


def _bubble(state: State, contact: Contact, message: Json, raw: Json) -> Message:
    tapped = raw.get("button") or raw.get("list") or {}
    return Message(
        n=state.next_number(),
        id=message["id"],
        contact=contact.id,
        direction="inbound",
        type=str(message.get("type")),
        text=str(raw.get("text") or tapped.get("title") or f"[{message.get('type')}]"),
        at=int(message["timestamp"]),
        status="sending",
        forwarded=bool(raw.get("forwarded") or raw.get("frequently_forwarded")),
        body=message,
    )


def _whole_seconds(raw: Json) -> int:
    given = raw.get("timestamp")
    if given is not None and type(given) is not int:
        raise bad_request("timestamp is in whole seconds")
    return int(time.time()) if given is None else given


def _queue(state: State, contact: Contact, about: str, kind: str, body: Json, raw: Json) -> Delivery:
    encoded = compact_json(body)
    headers = hook_headers(
        encoded,
        secret=state.hook.secret,
        subscription=str(raw.get("subscription") or "whatsapp"),
        claim=str(raw.get("claim") or ""),
    )
    delivery = Delivery(state.next_number(), about, contact.id, kind, encoded, headers)
    state.deliveries.append(delivery)
    return delivery


def _posted(state: State, delivery: Delivery, body: Json, *, retry: bool) -> Json:
    attempt, outcome = deliver(state, delivery, retry=retry)
    return {
        "id": delivery.about,
        "status": attempt.status,
        "body": body,
        "answer": attempt.answer,
        "error": attempt.error,
        "state": outcome,
    }
