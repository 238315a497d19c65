"""SMS by Clickatell's platform. The sender's token is the API key of a two-way integration, with its number.

An answer of HTTP 202 says of each message whether it was accepted; why not, it says in words alone, which may
hold a number. https://docs.clickatell.com/channels/sms-channels/sms-api-reference
"""

from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls
from optins.senders.base import MessagesOnly, Outcome, SenderError

USUAL_URL = "https://platform.clickatell.com"


class ClickatellPlatform(MessagesOnly):
    """The platform ``clickatell``."""

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        sent = {
            "from": sender.number.removeprefix("+"),
            "to": [message.address],
            "content": message.text,
        }
        headers = {"Authorization": sender.token, "Accept": "application/json"}
        answer = calls.call(sender, "POST", USUAL_URL, "/messages", json=sent, headers=headers)
        if not answer.is_success:
            raise calls.refusal(answer, 0)
        one = answers.first(answers.body(answer).get("messages"))
        if one.get("accepted") is not True:
            raise SenderError("The message was not accepted.")
        return Outcome(vendor_id=str(one.get("apiMessageId", "")))
