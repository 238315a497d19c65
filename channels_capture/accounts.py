"""Which account a webhook is for: an app of Meta's sends those of all its numbers, or pages, to one address.

What is for another account may be another organisation's. It is counted before anything is stored, and
nothing of it is kept.
"""

from django.db.models import F

from channels_capture import registry
from channels_capture.base import Account, Unreadable
from optins.models import CaptureChannel


def of(channel: CaptureChannel) -> Account | None:
    """The account that the channel's webhooks are for; None where the platform's name for it is not noted."""
    sender = channel.bot or channel.sender
    if sender is None or sender.platform != channel.provider or not sender.account:
        return None
    return Account(sender.account, sender.number)


def own_part(channel: CaptureChannel, content: bytes) -> bytes:
    """What of it is for the channel's account; all of it where nobody can tell."""
    account, adapter = of(channel), registry.adapter_of(channel)
    if account is None or adapter is None:
        return content
    try:
        part = adapter.part_for(account, content)
    except Unreadable:
        return content
    if part is None:
        return content
    rows = CaptureChannel.objects.filter(pk=channel.pk)
    rows.update(elsewhere_count=F("elsewhere_count") + part.others)
    return part.content
