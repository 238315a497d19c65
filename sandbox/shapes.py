"""What each provider's webhooks look like: the portal's own recordings, and which of their fields change.

A field's name is its way through the JSON, or the form's name; its value is filled in with what a tester
does. The recordings are data: nothing of the portal is imported.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from sandbox.exchange import Json, compact_json

RECORDINGS = Path(__file__).resolve().parent.parent / "channels_capture"
TYPES = {".json": "application/json", ".form": "application/x-www-form-urlencoded", ".query": ""}


@dataclass(frozen=True, slots=True)
class Shape:
    """One recording, the fields that are set in it and those that are left out."""

    recording: str
    fields: dict[str, str]
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """How one provider is spoken to. ``how``: chat, session, call or ring; ``answer``: how it is answered.

    ``acts``: what can be done, by name; ``replies``: whose sending the answers come by, if not at once.
    """

    how: str
    acts: dict[str, Shape]
    sign: str = ""
    answer: str = ""
    replies: str = ""
    folder: str = field(default="")

    @property
    def is_bot(self) -> bool:
        """Whether people have ids there that are no numbers."""
        return self.replies in ("messenger", "telegram")


def _cloud(recording: str, within: str, *, tapped: bool = False) -> Shape:
    message = f"{within}messages.0."
    said = {"text.body": "{text}"}
    if tapped:
        said = {"interactive.button_reply.id": "{payload}", "interactive.button_reply.title": "{text}"}
    own = {"from": "{digits}", "id": "wamid.try-{id}", "timestamp": "{seconds}", **said}
    contact = f"{within}contacts.0."
    fields = {f"{contact}wa_id": "{digits}", f"{contact}profile.name": "Tester"}
    # Ids of the recorded person would make every tester that person.
    hidden = (f"{contact}user_id", f"{message}from_user_id", f"{message}context", f"{message}_vnd")
    return Shape(recording, fields | {f"{message}{name}": value for name, value in own.items()}, hidden)


def _twilio(recording: str, prefix: str = "", **more: str) -> Shape:
    ids = dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), "SM{id}")
    named = {"WaId": "{digits}", "ProfileName": "Tester"} if prefix else {}
    fields = {**ids, **named, "From": f"{prefix}+{{digits}}", "Body": "{text}", **more}
    return Shape(recording, fields, ("ExternalUserId",))


def _twilio_taps(*, is_ad: bool) -> dict[str, Shape]:
    recording, said = "whatsapp_inbound_button.form", {"ButtonText": "{text}", "ButtonPayload": "{payload}"}
    return {} if is_ad else {"tap": _twilio(recording, "whatsapp:", **said)}


def _thread(kind: str, recording: str) -> dict[str, Way]:
    """WhatsApp, over each of its providers; an ad's first message has no button to tap."""
    value = "entry.0.changes.0.value."
    is_ad = kind != "whatsapp_thread"

    def cloud(name: str, within: str) -> dict[str, Shape]:
        taps = {} if is_ad else {"tap": _cloud(name, within, tapped=True)}
        return {"send": _cloud(recording, within), **taps}

    turn = "inbound_ctwa_referral.json" if is_ad else "inbound_text_join.json"
    form = "inbound_ctwa_referral.form" if is_ad else "whatsapp_inbound.form"
    chats = {
        "turn": ("turn", {**cloud("inbound_button_reply.json", ""), "send": _cloud(turn, "")}),
        "whatsapp_cloud": ("meta", cloud("inbound_button_reply.json", value)),
        "dialog360": ("", {"send": _cloud(recording, value)}),
        "twilio": ("twilio", {"send": _twilio(form, "whatsapp:"), **_twilio_taps(is_ad=is_ad)}),
    }
    return {
        f"{kind}/{provider}": Way("chat", acts, sign, "twiml" if provider == "twilio" else "", "whatsapp")
        for provider, (sign, acts) in chats.items()
    }


def _sms(recording: str, sender: str, text: str, **fields: str) -> dict[str, Shape]:
    value = fields.pop("value", "{digits}")
    return {"send": Shape(recording, {sender: value, text: "{text}", **fields}, ("keyword", "OptOutType"))}


_TELEGRAM = {"message.from.id": "{bot_id}", "message.chat.id": "{bot_id}", "message.date": "{seconds}"}
_PAGE = {
    "entry.0.messaging.0.sender.id": "{bot_id}",
    "entry.0.messaging.0.timestamp": "{milliseconds}",
    "entry.0.messaging.0.message.mid": "m_try_{id}",
    "entry.0.messaging.0.message.text": "{text}",
}
_TWILIO_CALL = {"CallSid": "CA{session}", "From": "+{digits}", "Caller": "+{digits}"}
_AT_CALL = {"sessionId": "ATVId_{session}", "callerNumber": "+{digits}"}
_VONAGE_CALL = {"uuid": "{session}", "from": "{digits}"}

WAYS: dict[str, Way] = {
    **_thread("whatsapp_thread", "inbound_text.json"),
    **_thread("click_to_whatsapp_ad", "inbound_ctwa_referral.json"),
    "sms_short_code/twilio": Way("chat", {"send": _twilio("sms_inbound_join.form")}, "twilio", "twiml"),
    "sms_short_code/africastalking": Way(
        "chat",
        _sms("sms_inbound_join.form", "from", "text", value="+{digits}", id="{id}", date="{iso}"),
        replies="africastalking",
    ),
    "sms_short_code/vonage": Way(
        "chat",
        _sms("sms_inbound_sha256.json", "msisdn", "text", messageId="{id}", timestamp="{seconds}",
             **{"message-timestamp": "{spaced}"}),
        "vonage_sms",
        replies="vonage",
    ),
    "sms_short_code/infobip": Way(
        "chat",
        {"send": Shape(
            "sms_mo.json",
            {"results.0.from": "{digits}", "results.0.text": "{text}", "results.0.messageId": "{id}",
             "results.0.receivedAt": "{iso}"},
            ("results.0.keyword", "results.0.cleanText"),
        )},
        replies="infobip",
    ),
    "sms_short_code/plivo": Way(
        "chat", _sms("mo.form", "From", "Text", MessageUUID="{id}"), "plivo", "twiml"
    ),
    "sms_short_code/messagebird": Way(
        "chat",
        _sms("sms_inbound.form", "originator", "body", id="{id}", createdDatetime="{iso}"),
        "messagebird",
        replies="messagebird",
    ),
    "sms_short_code/clickatell": Way(
        "chat",
        _sms("sms_inbound.json", "fromNumber", "text", messageId="{id}", timestamp="{milliseconds}"),
        replies="clickatell",
    ),
    "sms_short_code/kannel": Way(
        "chat",
        _sms("mo.query", "sender", "message", value="+{digits}", id="{id}", ts="{seconds}"),
        answer="text",
    ),
    "messenger_bot/messenger": Way(
        "chat",
        {
            "send": Shape("text.json", _PAGE),
            "tap": Shape(
                "quick_reply.json",
                {**_PAGE, "entry.0.messaging.0.message.quick_reply.payload": "{payload}"},
            ),
        },
        "meta",
        replies="messenger",
    ),
    "messenger_bot/telegram": Way(
        "chat",
        {
            "send": Shape(
                "start_deeplink.json",
                {**_TELEGRAM, "update_id": "{count}", "message.text": "{text}"},
                ("message.entities",),
            ),
            "tap": Shape(
                "button_tapped.json",
                {
                    "update_id": "{count}",
                    "callback_query.from.id": "{bot_id}",
                    "callback_query.message.chat.id": "{bot_id}",
                    "callback_query.data": "{payload}",
                },
                ("callback_query.message.reply_markup",),
            ),
            "share": Shape(
                "contact_shared_own.json",
                {
                    **_TELEGRAM,
                    "update_id": "{count}",
                    "message.contact.user_id": "{bot_id}",
                    "message.contact.phone_number": "+{digits}",
                },
            ),
        },
        "telegram",
        replies="telegram",
    ),
    "ussd/africastalking": Way(
        "session",
        {"send": Shape(
            "ussd_1_start.form",
            {"sessionId": "ATUid_{session}", "phoneNumber": "+{digits}", "text": "{history}"},
        )},
        answer="ussd",
    ),
    "ivr/twilio": Way(
        "call",
        {
            "ring": Shape("voice_incoming.form", _TWILIO_CALL),
            "key": Shape("voice_gather_digits_1.form", {**_TWILIO_CALL, "Digits": "{text}"}),
        },
        "twilio",
        "twiml",
    ),
    "ivr/africastalking": Way(
        "call",
        {
            "ring": Shape("voice_incoming.form", _AT_CALL),
            "key": Shape("voice_dtmf_1.form", {**_AT_CALL, "dtmfDigits": "{text}"}),
        },
        "",
        "twiml",
    ),
    "ivr/vonage": Way(
        "call",
        {
            "ring": Shape("voice_answer.json", _VONAGE_CALL),
            "key": Shape("voice_dtmf.json", {**_VONAGE_CALL, "dtmf.digits": "{text}"}),
        },
        "vonage_jwt",
        "ncco",
    ),
    "missed_call/africastalking": Way(
        "ring", {"ring": Shape("voice_incoming.form", _AT_CALL)}, answer="twiml"
    ),
}  # fmt: skip


@cache
def _recorded(name: str, recording: str) -> bytes:
    kind, provider = name.split("/")
    return (RECORDINGS / kind / "fixtures" / provider / recording).read_bytes()


def fill(name: str, shape: Shape, values: dict[str, str]) -> tuple[bytes, str]:
    """The body of a webhook and its content type; a query has none."""
    content_type = TYPES[Path(shape.recording).suffix]
    raw = _recorded(name, shape.recording)
    changes = {field: text.format_map(values) for field, text in shape.fields.items()}
    if content_type != TYPES[".json"]:
        known = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        kept = {key: value for key, value in (known | changes).items() if key not in shape.without}
        return urlencode(kept).encode(), content_type
    body: Json = json.loads(raw)
    for place, text in changes.items():
        _set(body, place, text)
    for place in shape.without:
        _drop(body, place)
    return compact_json(body), content_type


def _walk(body: Json, place: str) -> tuple[Json | list[Json], str | int]:
    """What holds the last name of the way, and that name."""
    *way, last = place.split(".")
    holder: Json | list[Json] = body
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    return holder, int(last) if isinstance(holder, list) else last


def _set(body: Json, place: str, text: str) -> None:
    """A number stays a number."""
    holder, name = _walk(body, place)
    holder[name] = int(text) if isinstance(holder[name], int) else text  # type: ignore[index, call-overload]


def _drop(body: Json, place: str) -> None:
    holder, name = _walk(body, place)
    if isinstance(holder, dict):
        holder.pop(str(name), None)
