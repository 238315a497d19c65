"""Webhooks in the platform's envelope: the bodies, and the signature over their raw bytes."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from uuid import uuid4

from sandbox.exchange import Json
from sandbox.people import Contact

ERROR_TITLES = {131047: "Re-engagement message"}


def sign(secret: str, body: bytes) -> str:
    """base64(HMAC-SHA256(secret, raw body))."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def hook_headers(
    body: bytes, *, secret: str, subscription: str = "whatsapp", claim: str = ""
) -> dict[str, str]:
    """What goes with a webhook; without a secret there is no signature, as on the platform."""
    headers = {"Content-Type": "application/json", "X-Turn-Hook-Subscription": subscription}
    if secret:
        headers["X-Turn-Hook-Signature"] = sign(secret, body)
    return headers | ({"X-Turn-Claim": claim} if claim else {})


def inbound_body(contact: Contact, *, message_id: str, timestamp: int, content: Json, context: Json) -> Json:
    """A message from a person; `content` holds its type and the member named by the type.

    Whoever showed no number has neither `wa_id` nor `from`: the keys are absent, not empty.
    """
    person: Json = {"profile": {"name": contact.name}}
    message: Json = {"_vnd": {"v1": _platform_part(contact, timestamp)}}
    if contact.digits:
        person["wa_id"] = message["from"] = contact.digits
    message |= {"id": message_id, "timestamp": str(timestamp), **content}
    if context:
        message["context"] = context
    if contact.bsuid:
        person["user_id"] = message["from_bsuid"] = contact.bsuid
    return {"contacts": [person], "messages": [message]}


def status_body(contact: Contact, *, message_id: str, status: str, timestamp: int, code: int = 0) -> Json:
    """What became of a message to a person; a `code` is the reason of a failure."""
    to = {"recipient_id": contact.digits} if contact.digits else {}
    to |= {"recipient_user_id": contact.bsuid} if contact.bsuid and not to else {}
    body: Json = {"id": message_id, **to, "status": status, "timestamp": str(timestamp)}
    if code:
        title = ERROR_TITLES.get(code, f"Error {code}")
        details = {"details": "A failure on request."}
        error = {"code": code, "title": title, "message": title, "error_data": details}
        body["errors"] = [error]
    return {"statuses": [body]}


def reply_content(*, text: str | None = None, button: Json | None = None, choice: Json | None = None) -> Json:
    """The content of a typed text, a tapped button or a chosen row."""
    if button:
        reply = {"id": button.get("id"), "title": button.get("title")}
        return {
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": reply},
        }
    if choice:
        known = ("id", "title", "description")
        row = {name: choice[name] for name in known if choice.get(name)}
        return {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": row}}
    return {"type": "text", "text": {"body": text or ""}}


def _platform_part(contact: Contact, timestamp: int) -> Json:
    """The platform's own view of the message, under `_vnd.v1`."""
    received = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {
        "author": {"id": contact.owner.removeprefix("+"), "name": contact.name, "type": "OWNER"},
        "card_uuid": None,
        "chat": {
            "assigned_to": None,
            "contact_uuid": contact.contact_uuid,
            "inserted_at": received,
            "owner": contact.owner,
            "permalink": f"https://whatsapp.turn.io/app/c/{contact.chat_uuid}",
            "state": "OPEN",
            "state_reason": "Re-opened by inbound message.",
            "unread_count": 1,
            "updated_at": received,
            "uuid": contact.chat_uuid,
        },
        "direction": "inbound",
        "faq_uuid": None,
        "in_reply_to": None,
        "inserted_at": received,
        "labels": [],
        "last_status": None,
        "last_status_timestamp": None,
        "on_fallback_channel": False,
        "rendered_content": None,
        "uuid": str(uuid4()),
    }
