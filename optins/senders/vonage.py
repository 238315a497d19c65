"""SMS by Vonage's SMS API. The sender's account is the API key, its token the API secret.

An answer of HTTP 200 has a status of its own. https://developer.vonage.com/en/api/sms
"""

from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls
from optins.senders.base import MessagesOnly, Outcome, SenderError

USUAL_URL = "https://rest.nexmo.com"
# Too many at once, its own trouble: better later. Wrong credentials, no credit: staff mend it.
_PASSING, _ACCOUNT = {1, 5, 10}, {2, 4, 8, 9, 14}


class VonagePlatform(MessagesOnly):
    """The platform ``vonage``."""

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        form = {
            "api_key": sender.account,
            "api_secret": sender.token,
            "from": sender.number.removeprefix("+"),
            "to": message.address,
            "text": message.text,
            "type": "text" if message.text.isascii() else "unicode",
        }
        answer = calls.call(sender, "POST", USUAL_URL, "/sms/json", data=form)
        if not answer.is_success:
            raise calls.refusal(answer, 0)
        one = answers.first(answers.body(answer).get("messages"))
        status = answers.whole(one.get("status"))
        if status != 0:
            is_final = status is not None and status not in _PASSING | _ACCOUNT
            raise SenderError(
                f"Status {status}", permanent=is_final, outage=status in _ACCOUNT, code=status or 0
            )
        return Outcome(vendor_id=str(one.get("message-id", "")))
