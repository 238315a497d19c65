"""Placements: their codes and addresses, and how often each was opened."""

import re
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from channels_capture import placement_codes
from optins.models import CaptureChannel, Organisation, Placement, PlacementDay

# The word that stands before a source's code; on posters it is the same in every language.
JOIN = "JOIN"
_CODE = re.compile(r"[0-9A-Z]{1,16}")
_TRIES = 40


def add(channel: CaptureChannel, **values: Any) -> Placement:
    """A new placement of the channel."""
    return save_new(Placement(channel=channel, **values))


def save_new(placement: Placement) -> Placement:
    """Save it under the shortest code that is free."""
    for attempt in range(_TRIES):
        # Should codes of five characters ever become scarce, they grow by one every ten tries.
        placement.code = placement_codes.make(placement_codes.SHORTEST + attempt // 10)
        try:
            with transaction.atomic():
                placement.save(force_insert=True)
        except IntegrityError:
            if not Placement.objects.filter(code=placement.code).exists():
                raise
        else:
            return placement
    raise IntegrityError("No free code was found.")


def find(text: str) -> Placement | None:
    """The placement with this code, however its letters were typed."""
    code = text.strip().upper()
    if not _CODE.fullmatch(code):
        return None
    rows = Placement.objects.filter(code=code, channel__organisation__closed_at=None)
    return rows.select_related("channel__organisation", "channel__sender", "channel__notice").first()


def of(channel: CaptureChannel, text: str) -> Placement | None:
    """The channel's own placement with this code."""
    placement = find(text)
    return placement if placement and placement.channel_id == channel.pk else None


def words(placement: Placement) -> str:
    """What is sent from WhatsApp where there is no camera, or none is needed."""
    return f"{JOIN} {placement.code}"


def number(placement: Placement) -> str:
    """The WhatsApp number that they are sent to, E.164; empty where the channel has none."""
    sender = placement.channel.sender
    return sender.number if sender and sender.medium == sender.Medium.WHATSAPP else ""


def opens_whatsapp(placement: Placement) -> bool:
    return placement.opens == Placement.Opens.WHATSAPP and bool(number(placement))


def whatsapp_link(placement: Placement) -> str:
    """WhatsApp itself, with the words filled in: no page is loaded, so it works on WhatsApp-only data."""
    return f"https://wa.me/{number(placement).removeprefix('+')}?text={quote(words(placement))}"


def address(placement: Placement) -> str:
    """What the QR code holds. A page's in upper case: the same address, and a third smaller as a code."""
    if opens_whatsapp(placement):
        return whatsapp_link(placement)
    return f"{settings.PUBLIC_URL}{reverse('opening', args=[placement.code])}".upper()


def readable_address(placement: Placement) -> str:
    """The same for people to type: without what every browser adds."""
    host = settings.PUBLIC_URL.partition("://")[2].lower()
    return f"{host}{reverse('opening', args=[placement.code])}"


def today(organisation: Organisation, now: datetime) -> date:
    """The day that it is where the organisation is."""
    return now.astimezone(ZoneInfo(organisation.time_zone)).date()


def count_opening(placement: Placement, now: datetime) -> None:
    """One more on this day. The database adds, so that openings at the same time are all counted."""
    day = today(placement.channel.organisation, now)
    row = PlacementDay.objects.filter(placement=placement, day=day)
    if row.update(openings=F("openings") + 1):
        return
    try:
        with transaction.atomic():
            PlacementDay.objects.create(placement=placement, day=day, openings=1)
    except IntegrityError:
        # The day's first opening was made twice in the same moment: the other one made the row.
        row.update(openings=F("openings") + 1)
