"""SMS by Infobip. The sender's token is the API key, its base address the account's own.

Each message has a status of its own. https://www.infobip.com/docs/api/channels/sms/outbound-sms
"""

from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls
from optins.senders.base import MessagesOnly, Outcome, SenderError

USUAL_URL = "https://api.infobip.com"
_TAKEN = {1, 3}  # groups: on its way, arrived
# Undeliverable, expired, rejected: the same tomorrow, but where it is the account's credit (unconfirmed).
_FOR_GOOD, _NO_CREDIT = {2, 4, 5}, {12}


class InfobipPlatform(MessagesOnly):
    """The platform ``infobip``."""

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        destined = {
            "sender": sender.number.removeprefix("+"),
            "destinations": [{"to": message.address}],
            "content": {"text": message.text},
        }
        headers = {"Authorization": f"App {sender.token}", "Accept": "application/json"}
        sent = {"messages": [destined]}
        answer = calls.call(sender, "POST", USUAL_URL, "/sms/3/messages", json=sent, headers=headers)
        if not answer.is_success:
            raise calls.refusal(answer, 0)
        one = answers.first(answers.body(answer).get("messages"))
        status = answers.mapping(one.get("status"))
        group, code = answers.whole(status.get("groupId")), answers.whole(status.get("id")) or 0
        if group not in _TAKEN:
            is_credit = code in _NO_CREDIT
            raise SenderError(
                f"Status {group}, {code or 'none'}",
                permanent=group in _FOR_GOOD and not is_credit,
                outage=is_credit,
                code=code,
            )
        return Outcome(vendor_id=str(one.get("messageId", "")))
