"""Outward: the messaging platforms. Adding one is a file and a line here."""

from optins.models import Sender
from optins.senders.base import Platform
from optins.senders.turn import TurnPlatform

PLATFORMS: dict[str, Platform] = {
    "turn": TurnPlatform(),
}


def platform_of(sender: Sender) -> Platform | None:
    """The platform of a sender; None for one that is not there (any more)."""
    return PLATFORMS.get(sender.platform)
