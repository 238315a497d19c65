"""Saying yes again: never by the page itself, always by a code sent from the person's own WhatsApp."""

from datetime import datetime

from optins.consent import ages, requests, wording
from optins.consent.choices import Choice
from optins.models import CaptureChannel, NoticeVersion, Sender


def channel_for(choice: Choice) -> CaptureChannel | None:
    """The channel that asked before, else any that asks about this purpose and can be answered."""
    event, published = choice.event, NoticeVersion.Status.PUBLISHED
    rows = CaptureChannel.objects.filter(
        organisation=choice.purpose.organisation_id,
        is_active=True,
        sender__is_active=True,
        sender__medium=Sender.Medium.WHATSAPP,  # a short code cannot be written to there
        purposes=choice.purpose,
        notice__versions__status=published,
    )
    found = list(rows.select_related("organisation", "sender", "notice__organisation").order_by("pk"))
    before = {event.request.channel_id if event.request else event.channel_id} if event else set()
    return next((row for row in found if row.pk in before), found[0] if found else None)


def ask(
    channel: CaptureChannel, choice: Choice, language: str, now: datetime, address: str
) -> requests.Opened:
    """A request with its code, as the hosted page makes one. Raises NoWording."""
    shown = wording.translation(channel.notice, language)
    return requests.open_request(
        channel,
        shown,
        [choice.purpose],
        now=now,
        page=shown.content_hash,
        own_age=ages.to_say(channel.organisation, [choice.purpose]),
        address=address,
    )
