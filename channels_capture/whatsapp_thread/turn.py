"""Turn.io's webhooks: the on-prem envelope, signed over the raw bytes.

What is unconfirmed is read in either shape: the BSUID as ``from_bsuid`` or ``from_user_id``, the number
absent or a BSUID in its place. Numbers in ``_vnd`` are Turn's own book-keeping, never the sender's identity.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from channels_capture import signatures
from channels_capture.base import Message, Parsed, Status, Unreadable
from optins.consent.numbers import BSUID, NumberError
from optins.consent.signal import Identifier, whatsapp

_UNKEPT = re.compile("[\0\ud800-\udfff]")
_DEEPEST = 50
_CAPTIONED = ("image", "video", "document")


class Turn:
    """Adapter of ``whatsapp_thread`` over ``turn``."""

    scheme = "turn: base64 HMAC-SHA256 over the raw body"

    def verify(self, body: bytes, headers: Mapping[str, str], secret: str) -> bool:
        return signatures.hmac_sha256_base64(body, secret, headers.get("X-Turn-Hook-Signature", ""))

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        # "turn" repeats what we sent ourselves: no message of a person.
        if headers.get("X-Turn-Hook-Subscription", "whatsapp") != "whatsapp":
            return Parsed()
        try:
            envelope = _storable(json.loads(body))
        except (ValueError, RecursionError) as error:
            raise Unreadable("The body is not JSON.") from error
        if not isinstance(envelope, dict):
            raise Unreadable("The body is not a JSON object.")
        contacts = _objects(envelope, "contacts")
        messages = (_message(raw, contacts, scope) for raw in _objects(envelope, "messages"))
        statuses = (_status(raw, scope) for raw in _objects(envelope, "statuses"))
        return Parsed(tuple(m for m in messages if m), tuple(s for s in statuses if s))


def _storable(value: Any, depth: int = 0) -> Any:
    """Without what no database keeps and nobody means: NUL, half a surrogate pair, endless nesting."""
    if depth > _DEEPEST:
        raise Unreadable("The body is nested too deeply.")
    if isinstance(value, str):
        return _UNKEPT.sub("", value)
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item, depth + 1) for key, item in value.items()}
    return value


def _objects(envelope: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = envelope.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _inner(raw: dict[str, Any], *path: str) -> dict[str, Any]:
    for name in path:
        value = raw.get(name)
        raw = value if isinstance(value, dict) else {}
    return raw


def _string(raw: dict[str, Any], *names: str) -> str:
    """The first of these fields that is a text or a number."""
    values = (raw.get(name) for name in names)
    return next((str(v) for v in values if isinstance(v, str | int) and str(v)), "")


def _time(raw: dict[str, Any]) -> datetime | None:
    """``timestamp`` is a string of whole unix seconds."""
    try:
        return datetime.fromtimestamp(int(_string(raw, "timestamp")), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _message(raw: dict[str, Any], contacts: list[dict[str, Any]], scope: str) -> Message | None:
    identifiers, contact = _sender(raw, contacts, scope)
    if not identifiers or not _string(raw, "id"):
        # No person or no id: a system note of the platform, nothing that anybody did.
        return None
    text, payload = _content(raw)
    context = _inner(raw, "context")
    return Message(
        id=_string(raw, "id"),
        identifiers=identifiers,
        occurred_at=_time(raw),
        text=text,
        payload=payload,
        context_id=_string(context, "id"),
        forwarded=bool(context.get("forwarded") or context.get("frequently_forwarded")),
        evidence={"message": raw, "contact": contact},
    )


def _sender(
    raw: dict[str, Any], contacts: list[dict[str, Any]], scope: str
) -> tuple[tuple[Identifier, ...], dict[str, Any]]:
    """Who sent it: number and BSUID of the message, completed from its own entry in ``contacts``."""
    number, bsuid = _string(raw, "from"), _string(raw, "from_bsuid", "from_user_id")
    if BSUID.fullmatch(number):
        number, bsuid = "", bsuid or number
    contact = _contact_of(number, bsuid, contacts)
    number = number or _string(contact, "wa_id")
    bsuid = bsuid or _string(contact, "user_id")
    if BSUID.fullmatch(number):
        number, bsuid = "", bsuid or number
    return _identifiers(number, bsuid, scope), contact


def _contact_of(number: str, bsuid: str, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    for contact in contacts:
        same_number = number and _string(contact, "wa_id") == number
        same_bsuid = bsuid and _string(contact, "user_id") == bsuid
        if same_number or same_bsuid:
            return contact
    nameless = not number and not bsuid
    return contacts[0] if nameless and len(contacts) == 1 else {}


def _identifiers(number: str, bsuid: str, scope: str) -> tuple[Identifier, ...]:
    bsuid = bsuid if BSUID.fullmatch(bsuid) else ""
    try:
        return whatsapp(digits=number, bsuid=bsuid, scope=scope)
    except NumberError:
        return whatsapp(bsuid=bsuid, scope=scope)


def _content(raw: dict[str, Any]) -> tuple[str, str]:
    """The text a person wrote, or the title and id of what they tapped."""
    interactive = _inner(raw, "interactive")
    for reply in (_inner(interactive, "button_reply"), _inner(interactive, "list_reply")):
        if reply:
            return _string(reply, "title"), _string(reply, "id")
    button = _inner(raw, "button")
    if button:
        return _string(button, "text"), _string(button, "payload")
    captions = (_string(_inner(raw, kind), "caption") for kind in _CAPTIONED)
    return _string(_inner(raw, "text"), "body") or next(filter(None, captions), ""), ""


def _status(raw: dict[str, Any], scope: str) -> Status | None:
    vendor_id = _string(raw, "id")
    if not vendor_id:
        return None
    codes = (_string(error, "code") for error in _objects(raw, "errors"))
    recipient = _string(raw, "recipient_id") or _string(_inner(raw, "message"), "recipient_id")
    bsuid = _string(raw, "recipient_user_id")
    return Status(
        vendor_id=vendor_id,
        state=_string(raw, "status"),
        occurred_at=_time(raw),
        error_codes=tuple(int(code) for code in codes if re.fullmatch(r"-?[0-9]{1,9}", code)),
        identifiers=_identifiers(recipient, bsuid or recipient, scope),
    )
