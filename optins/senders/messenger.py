"""A page's bot in Messenger. The sender's account is the page's id, its token the page's.

https://developers.facebook.com/docs/messenger-platform/send-messages
"""

from typing import Any
from urllib.parse import quote

from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls, cloud_messages
from optins.senders.base import MessagesOnly, Outcome

USUAL_URL = "https://graph.facebook.com/v25.0"


class MessengerPlatform(MessagesOnly):
    """The platform ``messenger``."""

    has_buttons = True

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        path = f"/{quote(sender.account, safe='')}/messages"
        headers = {"Authorization": f"Bearer {sender.token}"}
        to = {"recipient": {"id": message.address}, "messaging_type": "RESPONSE"}
        answer = calls.call(
            sender, "POST", USUAL_URL, path, json={**to, "message": _content(message)}, headers=headers
        )
        if not answer.is_success:
            raise calls.refusal(answer, cloud_messages.code_of(answer))
        return Outcome(vendor_id=str(answers.body(answer).get("message_id", "")))


def _content(message: OutboundMessage) -> dict[str, Any]:
    """A text; with choices to tap under it, or with links on it."""
    links = [button for button in message.buttons if "url" in button]
    if links:
        buttons = [{"type": "web_url", "url": link["url"], "title": link["title"]} for link in links]
        card = {"template_type": "button", "text": message.text, "buttons": buttons}
        return {"attachment": {"type": "template", "payload": card}}
    choices = [
        {"content_type": "text", "title": button["title"], "payload": button["id"]}
        for button in message.buttons
        if "id" in button
    ]
    return {"text": message.text, **({"quick_replies": choices} if choices else {})}
