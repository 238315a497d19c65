"""An account that can say nothing by itself: its replies stand in the answer to a provider's webhook."""

from optins.models import OutboundMessage, Sender
from optins.senders.base import MessagesOnly, Outcome, SenderError


class InlinePlatform(MessagesOnly):
    """The platform ``inline``."""

    is_only_inline = True

    def send(self, sender: Sender, message: OutboundMessage) -> Outcome:
        raise SenderError("It can answer only in the moment of a webhook.", permanent=True)
