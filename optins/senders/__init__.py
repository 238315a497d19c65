"""Outward: the messaging platforms. Adding one is a file and a line here."""

from optins.models import Sender
from optins.senders.africastalking import AfricastalkingPlatform
from optins.senders.base import Platform
from optins.senders.clickatell import ClickatellPlatform
from optins.senders.dialog360 import Dialog360Platform
from optins.senders.infobip import InfobipPlatform
from optins.senders.inline import InlinePlatform
from optins.senders.messagebird import MessagebirdPlatform
from optins.senders.messenger import MessengerPlatform
from optins.senders.telegram import TelegramPlatform
from optins.senders.turn import TurnPlatform
from optins.senders.twilio import TwilioPlatform
from optins.senders.vonage import VonagePlatform
from optins.senders.whatsapp_cloud import WhatsappCloudPlatform

PLATFORMS: dict[str, Platform] = {
    "turn": TurnPlatform(),
    "whatsapp_cloud": WhatsappCloudPlatform(),
    "dialog360": Dialog360Platform(),
    "twilio": TwilioPlatform(),
    "africastalking": AfricastalkingPlatform(),
    "vonage": VonagePlatform(),
    "infobip": InfobipPlatform(),
    "messagebird": MessagebirdPlatform(),
    "clickatell": ClickatellPlatform(),
    "messenger": MessengerPlatform(),
    "telegram": TelegramPlatform(),
    "inline": InlinePlatform(),
}


def platform_of(sender: Sender) -> Platform | None:
    """The platform of a sender; None for one that is not there (any more)."""
    return PLATFORMS.get(sender.platform)
