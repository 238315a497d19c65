"""Meta's own Cloud API. The sender's account is its phone number id, its token one of a system user.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

from urllib.parse import quote

from optins.models import OutboundMessage, Sender
from optins.senders import calls, cloud_messages
from optins.senders.base import MessagesOnly, Outcome

USUAL_URL = "https://graph.facebook.com/v25.0"


class WhatsappCloudPlatform(MessagesOnly):
    """The platform ``whatsapp_cloud``. It keeps no opt-in, only people's own stop of marketing."""

    has_buttons = True

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        path, headers = (
            f"/{quote(sender.account, safe='')}/messages",
            {"Authorization": f"Bearer {sender.token}"},
        )
        body = cloud_messages.body(message)
        answer = calls.call(sender, "POST", USUAL_URL, path, json=body, headers=headers)
        if not answer.is_success:
            raise calls.refusal(answer, cloud_messages.code_of(answer))
        return Outcome(vendor_id=cloud_messages.id_of(answer))
