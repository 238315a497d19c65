"""A genuine STOP over each provider that people write by, signed as it signs."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from optins.models import CaptureChannel
from tests.channels.recordings import BODIES, Post, signed
from tests.clinic import contact_of, message_of

Made = tuple[Any, str]  # the body, and what it is


def stop(channel: CaptureChannel, number: str, at: datetime) -> Post:
    """Somebody with this number, or by this id, writes STOP to the channel."""
    return write(channel, "STOP", number, at)


def write(channel: CaptureChannel, word: str, number: str, at: datetime) -> Post:
    """The same with another word; it has another id as well."""
    body, ending = STOPS[f"{channel.kind}/{channel.provider}"](number, at)
    raw = json.dumps(body) if ending == ".json" else urlencode(body)
    raw = raw.replace("STOP", word).replace("stop", word.lower())
    return signed(channel, raw.encode(), BODIES[ending], {})


def _chat(number: str, at: datetime) -> dict[str, Any]:
    message = message_of("STOP", person=number, at=at, id=f"wamid.stop-{number}")
    return {"contacts": [contact_of(number, "")], "messages": [message]}


def _turn(number: str, at: datetime) -> Made:
    return _chat(number, at), ".json"


def _cloud(number: str, at: datetime) -> Made:
    value = {"messaging_product": "whatsapp", **_chat(number, at)}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}, ".json"


def _twilio(prefix: str) -> Callable[[str, datetime], Made]:
    def make(number: str, _at: datetime) -> Made:
        sid = f"SM{prefix}{number}"
        return {
            "MessageSid": sid,
            "From": f"{prefix}+{number}",
            "SmsStatus": "received",
            "Body": "STOP",
        }, ".form"

    return make


def _plivo(number: str, _at: datetime) -> Made:
    return {"MessageUUID": f"stop-{number}", "From": number, "To": "21512", "Text": "STOP"}, ".form"


def _messagebird(number: str, at: datetime) -> Made:
    form = {"id": f"stop-{number}", "recipient": "21512", "createdDatetime": at.isoformat()}
    return {**form, "originator": number, "body": "STOP"}, ".form"


def _vonage(number: str, at: datetime) -> Made:
    told = {"messageId": f"stop-{number}", "message-timestamp": f"{at:%Y-%m-%d %H:%M:%S}", "timestamp": "0"}
    return {**told, "msisdn": number, "to": "21512", "text": "STOP"}, ".json"


def _messenger(number: str, at: datetime) -> Made:
    page = "100000000000001"
    said = {"timestamp": int(at.timestamp() * 1000), "message": {"mid": f"m_stop-{number}", "text": "STOP"}}
    event = {"sender": {"id": number}, "recipient": {"id": page}, **said}
    return {"object": "page", "entry": [{"id": page, "messaging": [event]}]}, ".json"


def _telegram(number: str, at: datetime) -> Made:
    who = {"id": int(number), "is_bot": False}
    message = {"from": who, "chat": {"id": int(number)}, "date": int(at.timestamp()), "text": "STOP"}
    return {"update_id": int(number), "message": message}, ".json"


def _africastalking(number: str, at: datetime) -> Made:
    form = {"id": f"stop-{number}", "to": "21512", "date": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return {**form, "from": f"+{number}", "text": "STOP"}, ".form"


def _infobip(number: str, at: datetime) -> Made:
    told = {"messageId": f"stop-{number}", "to": "21512", "receivedAt": f"{at:%Y-%m-%dT%H:%M:%S.000+0000}"}
    return {"results": [{**told, "from": number, "text": "STOP"}], "messageCount": 1}, ".json"


def _clickatell(number: str, at: datetime) -> Made:
    told = {"messageId": f"stop-{number}", "toNumber": "21512", "timestamp": int(at.timestamp() * 1000)}
    return {**told, "fromNumber": number, "text": "STOP", "charset": "UTF-8"}, ".json"


STOPS: dict[str, Callable[[str, datetime], Made]] = {
    "whatsapp_thread/turn": _turn,
    "whatsapp_thread/whatsapp_cloud": _cloud,
    "whatsapp_thread/dialog360": _cloud,
    "whatsapp_thread/twilio": _twilio("whatsapp:"),
    "sms_short_code/twilio": _twilio(""),
    "sms_short_code/plivo": _plivo,
    "sms_short_code/messagebird": _messagebird,
    "sms_short_code/vonage": _vonage,
    "sms_short_code/africastalking": _africastalking,
    "sms_short_code/infobip": _infobip,
    "sms_short_code/clickatell": _clickatell,
    "messenger_bot/messenger": _messenger,
    "messenger_bot/telegram": _telegram,
}
