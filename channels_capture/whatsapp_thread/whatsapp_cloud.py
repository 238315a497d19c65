"""Meta's own Cloud API: entries of changes, signed with the app's secret; a handshake when it is set up.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

from collections.abc import Mapping

from channels_capture import reading, signatures
from channels_capture.base import Adapter, Answer, Incoming, Parsed
from channels_capture.whatsapp_thread import cloud_shape


class WhatsappCloud(Adapter):
    """Adapter of ``whatsapp_thread`` over ``whatsapp_cloud``."""

    scheme = "whatsapp_cloud: hex HMAC-SHA256 over the raw body"
    has_handshake = True

    def verify(self, incoming: Incoming, secret: str) -> bool:
        signature = incoming.headers.get("X-Hub-Signature-256", "")
        return signatures.hub_sha256(incoming.body, secret, signature)

    def parse(self, body: bytes, headers: Mapping[str, str], scope: str) -> Parsed:
        return cloud_shape.parse(reading.json_object(body), scope)

    def handshake(self, incoming: Incoming, secret: str) -> Answer | None:
        """The challenge, exactly, to whoever names the channel's verify token."""
        asked = reading.form(incoming.query)
        token, challenge = asked.get("hub.verify_token", ""), asked.get("hub.challenge", "")
        if asked.get("hub.mode") != "subscribe" or not challenge:
            return None
        return Answer(challenge) if signatures.verify_token(incoming.public_id, secret, token) else None
