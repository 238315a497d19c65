"""Which messages a channel has met before."""

from collections.abc import Iterable

from optins.consent import digests
from optins.models import CaptureChannel, InboundMessage


def key_of(channel: CaptureChannel, message_id: str) -> str:
    """What stands for a vendor's id, which may hold a number."""
    return digests.keyed(channel.organisation, "message", channel.public_id, message_id)


def among(channel: CaptureChannel, message_ids: Iterable[str]) -> set[str]:
    """Those of the ids whose messages were processed."""
    ids = {key_of(channel, message_id): message_id for message_id in message_ids}
    rows = InboundMessage.objects.filter(channel=channel, dedup_key__in=ids)
    return {ids[key] for key in rows.values_list("dedup_key", flat=True)}
