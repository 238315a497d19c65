"""Every channel kind there is. Adding one is a folder and a line here."""

from channels_capture import website, whatsapp_thread
from channels_capture.base import Adapter, Kind
from optins.models import CaptureChannel

KINDS: dict[str, Kind] = {
    "website": website.KIND,
    "whatsapp_thread": whatsapp_thread.KIND,
}


def kind_of(channel: CaptureChannel) -> Kind | None:
    return KINDS.get(channel.kind)


def adapter_of(channel: CaptureChannel) -> Adapter | None:
    """What reads the channel's webhooks; None where its kind or provider has none."""
    kind = kind_of(channel)
    return kind.providers.get(channel.provider) if kind else None
