"""What all Twilio webhooks share, whatever the medium: how they are signed, what their fields are called.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import re
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from channels_capture import reading, signatures
from channels_capture.base import Adapter, Answer, Incoming, Message, Parsed, Status, Unreadable, What
from optins.consent import keywords
from optins.consent.keywords import Intent
from optins.consent.signal import Identifier

Form = dict[str, Any]
_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
# Twilio's names for what Meta says of a message.
_AS_META = {63016: 131047, 63018: 130429, 63024: 131026}
# The fields' names in Event Streams (unconfirmed).
_IN_EVENTS = {
    "MessageSid": "messageSid",
    "From": "from",
    "To": "to",
    "Body": "body",
    "OptOutType": "optOutType",
}


def is_genuine(incoming: Incoming, secret: str) -> bool:
    """Whether Twilio signed it, with the account's token or with a SharedKey."""
    headers = incoming.headers
    is_form = "json" not in headers.get("Content-Type", "")
    try:
        form = reading.form_pairs(incoming.body) if is_form else None
    except Unreadable:
        return False
    return signatures.twilio(
        incoming.url,
        incoming.body,
        form,
        secret,
        headers.get("X-Twilio-Signature", ""),
        headers.get("X-Twilio-Webhooks-Signature-Settings", ""),
    )


class TwilioAdapter(Adapter):
    """Messages over Twilio. It sends no time with them, so arrival decides."""

    scheme = "twilio: base64 HMAC over the address and all fields"

    def verify(self, incoming: Incoming, secret: str) -> bool:
        return is_genuine(incoming, secret)

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        if body.lstrip()[:1] in (b"[", b"{"):
            forms = [_of_event(event) for event in reading.objects({"": reading.json_of(body)}, "")]
        else:
            forms = [reading.form(body)]
        messages = (self.message(form, scope) for form in forms if not _state(form))
        statuses = (self._status(form, scope) for form in forms if _state(form))
        return Parsed(tuple(m for m in messages if m), tuple(s for s in statuses if s))

    def answer(self, said: Any) -> Answer:
        return Answer(_EMPTY, "text/xml")

    @abstractmethod
    def message(self, form: Form, scope: str) -> Message | None:
        """The message of a person in these fields, if there is one."""

    @abstractmethod
    def identifiers(self, address: str, scope: str) -> tuple[Identifier, ...]:
        """Who is known by Twilio's ``From`` or ``To``."""

    def _status(self, form: Form, scope: str) -> Status | None:
        code = reading.string(form, "ErrorCode")
        known = (int(code),) if re.fullmatch("[0-9]{1,9}", code) else ()
        return Status(
            vendor_id=message_id(form),
            state=_state(form),
            occurred_at=None,
            error_codes=tuple(_AS_META.get(each, each) for each in known),
            identifiers=self.identifiers(reading.string(form, "To"), scope),
        )


def opt_out(form: Form) -> dict[str, Any]:
    """What Advanced Opt-Out heard, as fields of the message; STOP and HELP it has answered itself.

    One of its words for START is YES, which may answer a question of ours: that is read as a word.
    """
    heard = reading.string(form, "OptOutType").strip().upper()
    is_yes = keywords.means(reading.string(form, "Body"), Intent.YES, keywords.languages())
    what = {"STOP": What.STOP, "START": What.WORDS if is_yes else What.JOIN}.get(heard, What.WORDS)
    return {"what": what, "is_answered": heard in ("STOP", "HELP")}


def message_id(form: Form) -> str:
    return reading.string(form, "MessageSid", "SmsMessageSid", "SmsSid")


def _state(form: Form) -> str:
    """What became of a message of ours; empty for one that a person sent."""
    state = reading.string(form, "MessageStatus", "SmsStatus")
    is_ours = bool(state) and state not in ("received", "receiving") and "Body" not in form
    return state if is_ours else ""


def _of_event(event: Form) -> Form:
    """Event Streams say the same under other names; what has no data says nothing."""
    data = reading.inner(event, "data")
    found = {ours: data[theirs] for ours, theirs in _IN_EVENTS.items() if theirs in data}
    return {**found, "event": event}
