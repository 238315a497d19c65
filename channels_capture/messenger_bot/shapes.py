"""What every bot's webhooks are read into."""

from dataclasses import dataclass

from channels_capture.base import Adapter, Answer, Message


@dataclass(frozen=True, slots=True)
class BotMessage(Message):
    """``shared_number``: their own, E.164, as the platform vouches for it. ``language``: what they use there.

    ``is_blocked``: they shut the bot out of their chat.
    """

    shared_number: str = ""
    language: str = ""
    is_blocked: bool = False


class BotAdapter(Adapter):
    """One platform of bots."""

    proves = "control of an account in the bot's chat, of no phone number and of no WhatsApp account"

    def acknowledge(self, body: bytes) -> Answer:
        """What the platform is told at once; replies go by its own sending."""
        return Answer()
