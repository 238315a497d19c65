"""Meta's own Cloud API: entries of changes, signed with the app's secret; a handshake when it is set up.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

from collections.abc import Mapping

from channels_capture import reading
from channels_capture.base import Parsed
from channels_capture.meta_requests import MetaAdapter
from channels_capture.whatsapp_thread import cloud_shape
from channels_capture.whatsapp_thread.numbers_of_app import CloudAdapter


class WhatsappCloud(CloudAdapter, MetaAdapter):
    """Adapter of ``whatsapp_thread`` over ``whatsapp_cloud``."""

    scheme = "whatsapp_cloud: hex HMAC-SHA256 over the raw body"

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        return cloud_shape.parse(reading.json_object(body), scope)
