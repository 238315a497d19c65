"""SMS by MessageBird. The sender's token is the access key.

https://developers.messagebird.com/api/sms-messaging/
"""

from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls
from optins.senders.base import MessagesOnly, Outcome

USUAL_URL = "https://rest.messagebird.com"
# A wrong key, no balance: staff mend it.
_ACCOUNT = {2, 25}


class MessagebirdPlatform(MessagesOnly):
    """The platform ``messagebird``."""

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        sent = {
            "originator": sender.number.removeprefix("+"),
            "recipients": [message.address],
            "body": message.text,
            "datacoding": "auto",  # else letters that GSM does not have are lost
        }
        headers = {"Authorization": f"AccessKey {sender.token}", "Accept": "application/json"}
        answer = calls.call(sender, "POST", USUAL_URL, "/messages", json=sent, headers=headers)
        told = answers.body(answer)
        if not answer.is_success:
            code = answers.whole(answers.first(told.get("errors")).get("code")) or 0
            raise calls.refusal(answer, 0 if code in _ACCOUNT else code)
        return Outcome(vendor_id=str(told.get("id", "")))
