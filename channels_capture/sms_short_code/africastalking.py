"""Africa's Talking: messages, and its notices that somebody opted out or subscribed. It signs nothing.

The notices have neither an id nor a time. https://developers.africastalking.com/docs/sms/notifications
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from channels_capture import reading
from channels_capture.base import Answer, Message, Parsed, Status, Unreadable, UnsignedAdapter, What
from channels_capture.reading import string
from channels_capture.sms_short_code import texts

Form = dict[str, Any]
_WHAT = {"deletion": What.LEFT, "addition": What.JOIN}


class Africastalking(texts.Sms, UnsignedAdapter):
    """Adapter of ``sms_short_code`` over ``africastalking``."""

    scheme = "africastalking: unsigned source, known by our own signed callback address"

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        form = reading.form_or_json(body)
        if "text" in form or "phoneNumber" not in form:
            message = _message(form)
        elif "id" in form or "status" in form:
            return Parsed(statuses=_statuses(form))
        else:
            message = _notice(form)
        return Parsed(messages=(message,) if message else ())

    def answer(self, said: Any) -> Answer:
        return Answer("")


def _message(form: Form) -> Message | None:
    identifiers = texts.sender(string(form, "from"))
    if not identifiers:
        return None
    return Message(
        id=string(form, "id"),
        identifiers=identifiers,
        occurred_at=reading.written_time(form, "date"),
        text=string(form, "text"),
        evidence={"message": form},
    )


def _notice(form: Form) -> Message | None:
    """Subscribed to this product, left it, or opted out of all that a sender of the account sends."""
    identifiers = texts.sender(string(form, "phoneNumber"))
    what = _what(form)
    if not identifiers:
        return None
    # A stop is never taken for an earlier one; the same wish on the same day is one.
    is_stop = what in (What.STOP, What.LEFT)
    id_ = "" if is_stop else hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()
    return Message(
        id=id_,
        identifiers=identifiers,
        occurred_at=None,
        evidence={"message": form},
        what=what,
        is_daily=bool(id_),
        is_answered=what == What.STOP,  # whoever opted out of a sender is sent nothing by it
    )


def _what(form: Form) -> What:
    """An opt-out names the sender, a subscription its update. What names neither may be anything."""
    update = string(form, "updateType").strip().lower()
    if update in _WHAT:
        return _WHAT[update]
    if "senderId" in form and not update:
        return What.STOP
    raise Unreadable("A notice that names neither a sender nor a known update of a subscription.")


def _statuses(form: Form) -> tuple[Status, ...]:
    id_, state = string(form, "id"), string(form, "status")
    known = {"Success": "delivered", "Sent": "sent", "Failed": "failed", "Rejected": "failed"}
    found = Status(id_, known.get(state, state), None, (), texts.sender(string(form, "phoneNumber")))
    return (found,) if id_ else ()
