"""What all of Meta's webhooks share, WhatsApp's and Messenger's: the signature, and the handshake.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from channels_capture import reading, signatures
from channels_capture.base import Adapter, Answer, Incoming


class MetaAdapter(Adapter):
    """An app of Meta's: the channel's secret is the app secret."""

    has_handshake = True

    def verify(self, incoming: Incoming, secret: str) -> bool:
        signature = incoming.headers.get("X-Hub-Signature-256", "")
        return signatures.hub_sha256(incoming.body, secret, signature)

    def handshake(self, incoming: Incoming, secret: str) -> Answer | None:
        """The challenge, exactly, to whoever names the channel's verify token."""
        asked = reading.form(incoming.query)
        token, challenge = asked.get("hub.verify_token", ""), asked.get("hub.challenge", "")
        if asked.get("hub.mode") != "subscribe" or not challenge:
            return None
        return Answer(challenge) if signatures.verify_token(incoming.public_id, secret, token) else None
