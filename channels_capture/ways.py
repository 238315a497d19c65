"""The way that replies go: over what, to which address, with or without buttons."""

from dataclasses import dataclass

from channels_capture.base import Message
from channels_capture.fitting import LONGEST_SMS, LONGEST_TEXT
from optins.models import CaptureChannel, Sender
from optins.senders import platform_of


@dataclass(frozen=True, slots=True)
class Way:
    """How replies go: what the channel's sender is on, and what its platform can do."""

    is_there: bool
    is_sms: bool
    has_buttons: bool
    is_only_inline: bool

    @classmethod
    def of(cls, channel: CaptureChannel) -> "Way":
        sender = channel.sender
        platform = platform_of(sender) if sender else None
        is_sms = sender is not None and sender.medium == Sender.Medium.SMS
        has_buttons = not is_sms and (platform is None or platform.has_buttons)
        return cls(sender is not None, is_sms, has_buttons, platform is not None and platform.is_only_inline)

    @property
    def longest(self) -> int:
        return LONGEST_SMS if self.is_sms else LONGEST_TEXT

    def address_of(self, message: Message) -> str:
        """The WhatsApp id as the platform wrote it, else the BSUID; for SMS the number in digits.

        Empty where there is none: nobody is answered by another medium than the one that they used.
        """
        values = {i.scheme: i.value for i in message.identifiers}
        if not self.is_there:
            return ""
        if self.is_sms:
            return values.get("phone", "").removeprefix("+")
        return values.get("wa_id") or values.get("wa_bsuid", "")
