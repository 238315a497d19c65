"""The platform's sending: who it goes to, the 24-hour window, and how the phone shows it."""

import time
from typing import Any

from sandbox.exchange import Answer, ApiError, Json, Request, json_answer
from sandbox.ids import outbound_id
from sandbox.message_rules import MEDIA, META, check_message, missing
from sandbox.people import Contact, bsuid_of, digits_of
from sandbox.records import Message
from sandbox.state import State


def send_message(state: State, request: Request) -> Answer:
    """A template goes at any time, everything else only inside the person's window."""
    body = request.json()
    check_message(body)
    contact_id = _recipient(body)
    contact = state.find_contact(contact_id)
    if body["type"] != "template" and not (contact and contact.window_is_open(time.time())):
        raise ApiError(400, 131047, "Re-engagement message", "more than 24 hours", META)
    contact = contact or state.make_contact(contact_id)
    if request.headers.get("x-turn-claim-release") == contact.claim:
        contact.claim = None
    message = _to_phone(state, contact, body)
    return json_answer({"messages": [{"id": message.id}]})


def bucket_of(request: Request) -> str:
    """Sending has buckets of its own: media one, everything else that is sent another."""
    if (request.method, request.path) != ("POST", "/v1/messages"):
        return "general"
    try:
        return "media" if request.json().get("type") in MEDIA else "text"
    except ApiError:
        return "text"


def _recipient(body: Json) -> str:
    """If both a number and a BSUID are named, the number wins."""
    if body.get("to"):
        return digits_of(body["to"])
    if body.get("recipient"):
        return bsuid_of(body["recipient"])
    raise missing("to (a number) or recipient (a BSUID)")


def _to_phone(state: State, contact: Contact, body: Json) -> Message:
    message = Message(
        n=state.next_number(),
        id=outbound_id(contact.id),
        contact=contact.id,
        direction="outbound",
        type=body["type"],
        text=_shown_text(body),
        choices=_choices(body),
        at=int(time.time()),
        status="sent",
        body=body,
    )
    state.messages[message.id] = message
    return message


def _shown_text(body: Json) -> str:
    content: Any = body[body["type"]]
    if body["type"] == "text":
        return str(content["body"])
    if body["type"] == "interactive":
        footer = content.get("footer", {}).get("text", "")
        return "\n\n".join(part for part in (content["body"]["text"], footer) if part)
    if body["type"] == "template":
        return " · ".join([f"Template {content['name']}", *_parameters(content)])
    return str(content.get("caption") or f"[{body['type']}]")


def _parameters(template: Json) -> list[str]:
    parameters = [
        parameter
        for component in template.get("components") or []
        for parameter in component.get("parameters") or []
    ]
    return [str(parameter.get("text", "")) for parameter in parameters]


def _choices(body: Json) -> list[Json]:
    """What can be tapped: `kind` button or list is answered with, link is opened."""
    if body["type"] != "interactive":
        return []
    kind, action = body["interactive"]["type"], body["interactive"]["action"]
    if kind == "button":
        return [{**button["reply"], "kind": "button"} for button in action["buttons"]]
    if kind == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        known = ("id", "title", "description")
        return [{"kind": "list"} | {k: row[k] for k in known if row.get(k)} for row in rows]
    link = action["parameters"]
    return [{"kind": "link", "title": link["display_text"], "url": link["url"]}]
