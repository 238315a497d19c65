"""People write by SMS, over Meta's Cloud API or by an ad, each message genuinely signed."""

import itertools
import json
import re
import time
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

from channels_capture import registry
from optins.models import CaptureChannel
from tests.channels.recordings import BODIES, signed
from tests.clinic import THANDI, Clinic

_ids = itertools.count(1)


def channel_of(clinic: Clinic, kind: str, provider: str) -> CaptureChannel:
    rows = CaptureChannel.objects.select_related("organisation", "sender", "notice")
    return rows.get(organisation=clinic.organisation, kind=kind, provider=provider)


def sms(
    clinic: Clinic, text: str, provider: str = "twilio", *, person: str = THANDI, **fields: str
) -> list[str]:
    """Send an SMS; returns the texts that come back in the answer."""
    number = next(_ids)
    forms = {
        "twilio": {"MessageSid": f"SM{number}", "From": f"+{person}", "Body": text, "SmsStatus": "received"},
        "plivo": {"MessageUUID": str(number), "From": person, "To": "21512", "Text": text},
        "kannel": {"id": str(number), "sender": f"+{person}", "message": text, "ts": str(int(time.time()))},
        "africastalking": {"id": str(number), "from": f"+{person}", "to": "21512", "text": text},
    }
    body = urlencode({**forms[provider], **fields}).encode()
    ending = ".query" if provider == "kannel" else ".form"
    post = signed(channel_of(clinic, "sms_short_code", provider), body, BODIES[ending], {})
    answer = post.send(clinic.client)
    assert answer.status_code == 200
    said = answer.content.decode()
    if provider == "kannel":
        return [said] if said else []
    return [unescape(text) for text in re.findall("<Message[^>]*>([^<]*)</Message>", said)]


def cloud(clinic: Clinic, *, kind: str = "whatsapp_thread", **value: Any) -> Any:
    """Deliver one change over Meta's Cloud API."""
    envelope = {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": value}]}]}
    channel = channel_of(clinic, kind, "whatsapp_cloud")
    answer = signed(channel, json.dumps(envelope).encode(), BODIES[".json"], {}).send(clinic.client)
    assert answer.status_code == 200
    return answer


def write(clinic: Clinic, text: str, *, at: datetime | None = None, **more: Any) -> None:
    """Write in the chat, over the Cloud API."""
    message = {
        "from": THANDI,
        "id": f"wamid.cloud-{next(_ids)}",
        "timestamp": str(int(at.timestamp() if at else time.time())),
        "type": "text",
        "text": {"body": text},
    }
    cloud(clinic, contacts=[{"wa_id": THANDI}], messages=[message | more])


def address_of(clinic: Clinic, kind: str, provider: str) -> str:
    return registry.hook_address(channel_of(clinic, kind, provider))
