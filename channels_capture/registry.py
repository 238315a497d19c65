"""Every channel kind there is. Adding one is a folder and a line here."""

from django.conf import settings
from django.urls import reverse

from channels_capture import (
    click_to_whatsapp_ad,
    in_person,
    ivr,
    messenger_bot,
    missed_call,
    qr_code,
    service_call,
    signatures,
    sms_short_code,
    transaction,
    ussd,
    website,
    whatsapp_thread,
)
from channels_capture.base import Adapter, Kind, Talk
from optins.models import CaptureChannel

KINDS: dict[str, Kind] = {
    "website": website.KIND,
    "whatsapp_thread": whatsapp_thread.KIND,
    "sms_short_code": sms_short_code.KIND,
    "ivr": ivr.KIND,
    "service_call": service_call.KIND,
    "in_person": in_person.KIND,
    "transaction": transaction.KIND,
    "messenger_bot": messenger_bot.KIND,
    "click_to_whatsapp_ad": click_to_whatsapp_ad.KIND,
    "qr_code": qr_code.KIND,
    "ussd": ussd.KIND,
    "missed_call": missed_call.KIND,
}


def kind_of(channel: CaptureChannel) -> Kind | None:
    return KINDS.get(channel.kind)


def adapter_of(channel: CaptureChannel) -> Adapter | None:
    """What reads the channel's webhooks; None where its kind or provider has none."""
    kind = kind_of(channel)
    return kind.providers.get(channel.provider) if kind else None


def talk_of(channel: CaptureChannel) -> Talk | None:
    """What takes part in its calls or sessions; None where it is a chat."""
    kind = kind_of(channel)
    return kind.talk if kind else None


def hook_address(channel: CaptureChannel) -> str:
    """Where its provider sends to; empty where it has none. Of one that signs nothing it is a secret."""
    adapter = adapter_of(channel)
    if adapter is None:
        return ""
    key = signatures.address_key(channel.public_id, channel.secret) if adapter.has_own_address else ""
    path = reverse("hook", args=[channel.public_id, key] if key else [channel.public_id])
    return f"{settings.PUBLIC_URL}{path}"
