"""SMS by Africa's Talking. The sender's account is the user name, its token the API key.

Each recipient has a status of its own. https://developers.africastalking.com/docs/sms/sending/bulk
"""

from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls
from optins.senders.base import MessagesOnly, Outcome, SenderError

USUAL_URL = "https://api.africastalking.com"
_TAKEN = {100, 101, 102}
# No such number, unwanted by them, or not to be reached: the same tomorrow.
_FOR_GOOD = {403, 404, 406, 409}


class AfricastalkingPlatform(MessagesOnly):
    """The platform ``africastalking``."""

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        form = {
            "username": sender.account,
            "to": f"+{message.address}",
            "message": message.text,
            "from": sender.number,
        }
        headers = {"apikey": sender.token, "Accept": "application/json"}
        answer = calls.call(sender, "POST", USUAL_URL, "/version1/messaging", data=form, headers=headers)
        if not answer.is_success:
            raise calls.refusal(answer, 0)
        data = answers.mapping(answers.body(answer).get("SMSMessageData"))
        one = answers.first(data.get("Recipients"))
        code = answers.whole(one.get("statusCode")) or 0
        if code not in _TAKEN:
            raise SenderError(f"Status {code or 'none'}", permanent=code in _FOR_GOOD, code=code)
        return Outcome(vendor_id=str(one.get("messageId", "")))
