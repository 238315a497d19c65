"""360dialog passes the Cloud API's webhooks on; no signature of its own is known (unconfirmed)."""

from collections.abc import Mapping

from channels_capture import reading
from channels_capture.base import Parsed, UnsignedAdapter
from channels_capture.whatsapp_thread import cloud_shape
from channels_capture.whatsapp_thread.numbers_of_app import CloudAdapter


class Dialog360(CloudAdapter, UnsignedAdapter):
    """Adapter of ``whatsapp_thread`` over ``dialog360``."""

    scheme = "dialog360: unsigned source, known by our own signed callback address"

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        return cloud_shape.parse(reading.json_object(body), scope)
