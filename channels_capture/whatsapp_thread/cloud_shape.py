"""The shape that Meta's Cloud API, 360dialog and Turn.io share: contacts, messages, statuses.

Meta wraps it in entries and changes; Turn.io has it at the top. Either is read, for any of them. What is
unconfirmed is read in either shape: the BSUID as ``from_bsuid`` or ``from_user_id``, the number absent or a
BSUID in its place.
"""

import re
from collections.abc import Iterator
from typing import Any

from channels_capture.base import Message, Parsed, Referral, Status, What
from channels_capture.reading import inner, objects, string, strings, unix_time
from channels_capture.whatsapp_thread import people, switches

_CAPTIONED = ("image", "video", "document")
_OF_THE_CLICK = {name: name for name in ("source_type", "source_url", "ctwa_clid")}
Raw = dict[str, Any]


def parse(envelope: Raw, scope: str) -> Parsed:
    """Everything in it, in the order in which it stands there."""
    values = list(_values(envelope))
    return Parsed(
        messages=tuple(m for value in values for m in _messages(value, scope)),
        statuses=tuple(s for value in values for s in _statuses(value, scope)),
        preferences=tuple(p for value in values for p in switches.preferences(value, scope)),
        moves=tuple(m for value in values for m in switches.moves(value, scope)),
    )


def _values(envelope: Raw) -> Iterator[Raw]:
    yield envelope
    for entry in objects(envelope, "entry"):
        for change in objects(entry, "changes"):
            yield inner(change, "value")


def _messages(value: Raw, scope: str) -> Iterator[Message]:
    contacts = list(objects(value, "contacts"))
    for raw in objects(value, "messages"):
        if string(raw, "type") != "system" and (message := _message(raw, contacts, scope)):
            yield message


def _message(raw: Raw, contacts: list[Raw], scope: str) -> Message | None:
    identifiers, contact = people.sender(raw, contacts, scope)
    if not identifiers:
        return None  # nobody: a system note of the platform
    said, what = _said(raw)
    text, payload = _content(said)
    context = inner(said, "context")
    return Message(
        id=string(raw, "id"),
        identifiers=identifiers,
        occurred_at=unix_time(raw),
        text=text,
        payload=payload,
        context_id=string(context, "id"),
        forwarded=bool(context.get("forwarded") or context.get("frequently_forwarded")),
        evidence={"message": raw, "contact": contact},
        what=what,
        referral=_referral(inner(raw, "referral")),
    )


def _said(raw: Raw) -> tuple[Raw, What]:
    """The message itself; of an edit the new one, wherever it stands: its shape is unconfirmed."""
    if string(raw, "type") == "edit" or inner(raw, "edit"):
        places = (inner(raw, "edit", "message"), inner(raw, "edit"), raw)
        return next((place for place in places if any(_content(place))), {}), What.EDITED
    if string(raw, "type") == "revoke" or inner(raw, "revoke"):
        return {}, What.REVOKED
    return raw, What.WORDS


def _content(raw: Raw) -> tuple[str, str]:
    """The text a person wrote, or the title and id of what they tapped.

    A form (``nfm_reply``) is the organisation's own: what was ticked in it says nothing to us.
    """
    interactive = inner(raw, "interactive")
    for reply in (inner(interactive, "button_reply"), inner(interactive, "list_reply")):
        if reply:
            return string(reply, "title"), string(reply, "id")
    button = inner(raw, "button")
    if button:
        return string(button, "text"), string(button, "payload")
    captions = (string(inner(raw, kind), "caption") for kind in _CAPTIONED)
    return string(inner(raw, "text"), "body") or next(filter(None, captions), ""), ""


def _referral(raw: Raw) -> Referral | None:
    """The ad; its click id is left out of ads in statuses, and is no id of an ad."""
    if not raw:
        return None
    ad = string(raw, "source_id") or string(raw, "source_url")
    return Referral(ad, string(raw, "headline", "body"), strings(raw, _OF_THE_CLICK))


def _statuses(value: Raw, scope: str) -> Iterator[Status]:
    for raw in objects(value, "statuses"):
        if status := _status(raw, scope):
            yield status


def _status(raw: Raw, scope: str) -> Status | None:
    vendor_id = string(raw, "id")
    if not vendor_id:
        return None
    codes = (string(error, "code") for error in objects(raw, "errors"))
    recipient = string(raw, "recipient_id") or string(inner(raw, "message"), "recipient_id")
    bsuid = string(raw, "recipient_user_id")
    return Status(
        vendor_id=vendor_id,
        state=string(raw, "status"),
        occurred_at=unix_time(raw),
        error_codes=tuple(int(code) for code in codes if re.fullmatch(r"-?[0-9]{1,9}", code)),
        identifiers=people.identifiers(recipient, bsuid or recipient, scope),
        # Templates have categories of their own; within 72 hours of an ad it may name neither (unconfirmed).
        is_free_form=string(inner(raw, "pricing"), "category") == "service",
    )
