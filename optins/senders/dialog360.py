"""360dialog passes the Cloud API on, under a key of its own (its address is unconfirmed)."""

from optins.models import OutboundMessage, Sender
from optins.senders import calls, cloud_messages
from optins.senders.base import MessagesOnly, Outcome

USUAL_URL = "https://waba-v2.360dialog.io"


class Dialog360Platform(MessagesOnly):
    """The platform ``dialog360``."""

    has_buttons = True

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        body, headers = cloud_messages.body(message), {"D360-API-KEY": sender.token}
        answer = calls.call(sender, "POST", USUAL_URL, "/messages", json=body, headers=headers)
        if not answer.is_success:
            raise calls.refusal(answer, cloud_messages.code_of(answer))
        return Outcome(vendor_id=cloud_messages.id_of(answer))
