"""Twilio, for WhatsApp and for SMS. The sender's account is its account SID, its token the auth token.

Buttons would need a template that was approved before, so questions say which words answer them.
https://www.twilio.com/docs/messaging/api/message-resource
"""

from urllib.parse import quote

from optins.consent.numbers import BSUID
from optins.models import OutboundMessage, Sender
from optins.senders import answers, calls
from optins.senders.base import MessagesOnly, Outcome

USUAL_URL = "https://api.twilio.com"


class TwilioPlatform(MessagesOnly):
    """The platform ``twilio``."""

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        path = f"/2010-04-01/Accounts/{quote(sender.account, safe='')}/Messages.json"
        form = {"From": _from(sender), "To": _to(sender, message.address), "Body": message.text}
        auth = (sender.account, sender.token)
        answer = calls.call(sender, "POST", USUAL_URL, path, data=form, auth=auth)
        said = answers.body(answer)
        if not answer.is_success:
            raise calls.refusal(answer, answers.whole(said.get("code")) or 0)
        return Outcome(vendor_id=str(said.get("sid", "")))


def _prefix(sender: Sender) -> str:
    return "whatsapp:" if sender.medium == Sender.Medium.WHATSAPP else ""


def _from(sender: Sender) -> str:
    return f"{_prefix(sender)}{sender.number}"


def _to(sender: Sender, address: str) -> str:
    return f"{_prefix(sender)}{address if BSUID.fullmatch(address) else f'+{address}'}"
