"""Turn.io's webhooks: the on-prem envelope, signed over the raw bytes.

Numbers in ``_vnd`` are Turn's own book-keeping, never the sender's identity.
"""

from collections.abc import Mapping

from channels_capture import reading, signatures
from channels_capture.base import Adapter, Incoming, Parsed
from channels_capture.whatsapp_thread import cloud_shape


class Turn(Adapter):
    """Adapter of ``whatsapp_thread`` over ``turn``."""

    scheme = "turn: base64 HMAC-SHA256 over the raw body"

    def verify(self, incoming: Incoming, secret: str) -> bool:
        signature = incoming.headers.get("X-Turn-Hook-Signature", "")
        return signatures.hmac_sha256_base64(incoming.body, secret, signature)

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        # "turn" repeats what we sent ourselves: no message of a person.
        if headers.get("X-Turn-Hook-Subscription", "whatsapp") != "whatsapp":
            return Parsed()
        return cloud_shape.parse(reading.json_object(body), scope)
