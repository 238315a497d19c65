"""Ads that open a chat: where the person came from, and the one question that waits for its turn.

An ad's first message is no consent, and asks for something else. So a request is made and not put. It is
put once: when an answer that is not ours has gone out to them, or at the latest when they write again.
"""

from collections.abc import Iterable
from datetime import datetime

from channels_capture import placements
from channels_capture.answers import Answers, keys
from channels_capture.base import Referral
from channels_capture.stops import Stops
from optins.consent import requests, wording
from optins.consent.fold import second
from optins.consent.signal import Identifier
from optins.models import CaptureChannel, ConsentRequest, Organisation, Placement, Purpose

KIND = "click_to_whatsapp_ad"
# What such a request says of itself, in the place of a page's version.
AD = "ad"
_LONGEST = 80


def wait(
    channel: CaptureChannel,
    referral: Referral,
    identifiers: tuple[Identifier, ...],
    purposes: tuple[Purpose, ...],
    *,
    language: str,
    prompted_at: datetime,
    now: datetime,
) -> None:
    """Note that they came by this ad and are to be asked later; once, however often they click."""
    earlier = requests.questions_to(channel.organisation, identifiers)
    if any(request.shown == AD and request.expires_at > now for request in earlier):
        return
    owner = _owner(channel)
    waiting = requests.ask(
        owner,
        ConsentRequest.Kind.CONSENT,
        list(purposes),
        identifiers,
        shown=wording.translation(owner.notice, language),
        prompted_at=prompted_at,
        now=now,
        placement=_placement(owner, referral),
        page=AD,
    )
    waiting.referral = dict(referral.told)
    waiting.save(update_fields=["referral"])


def _owner(channel: CaptureChannel) -> CaptureChannel:
    """The channel of the ads for this number, where there is one: an ad's chat comes in at the thread."""
    if channel.kind == KIND:
        return channel
    rows = CaptureChannel.objects.filter(
        organisation=channel.organisation, sender=channel.sender, kind=KIND, is_active=True
    )
    return (
        rows.select_related("organisation", "sender", "notice__organisation").order_by("pk").first()
        or channel
    )


def _placement(channel: CaptureChannel, referral: Referral) -> Placement:
    """The ad's own source, made when it is first met."""
    external_id = referral.id[:_LONGEST]
    # Of two people who click at once the second waits, and finds it.
    CaptureChannel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    found = Placement.objects.filter(channel=channel, external_id=external_id).first()
    return found or placements.add(channel, label=_label(referral), external_id=external_id)


def _label(referral: Referral) -> str:
    return (referral.title or f"Ad {referral.id}".strip())[:_LONGEST]


def wait_for_an_answer(
    organisation: Organisation, identifiers: tuple[Identifier, ...], *, since: datetime, now: datetime
) -> bool:
    """Whether any of these people came by an ad before ``since``: one look, for each status of a message."""
    mine = list(requests.addressees(organisation, identifiers).values())
    rows = ConsentRequest.objects.open(now).filter(organisation=organisation, shown=AD).put_to(mine)
    return any(second(row.created_at) <= since for row in rows)


def awaited(found: Answers, now: datetime) -> ConsentRequest | None:
    """The request of an ad that was not put yet."""
    ads = (q for q in found.questions if q.shown == AD and q.expires_at > now)
    return next((ad for ad in ads if not found.was_asked_about(ad)), None)


def left_of(ad: ConsentRequest | None, stops: Stops, allowed: Iterable[str]) -> tuple[str, ...]:
    """What is still to be asked: nothing that was stopped since or is allowed already."""
    if ad is None:
        return ()
    settled = stops.since(keys(ad), ad.asked_at).union(allowed)
    return tuple(key for key in keys(ad) if key not in settled)


def evidence_of(request: ConsentRequest | None) -> dict[str, object]:
    """Which ad led to it, and what was said of the click."""
    placement = request.placement if request else None
    if request is None or placement is None or not placement.external_id:
        return {}
    told = request.referral or (request.parent.referral if request.parent else {})
    source = {"code": placement.code, "label": placement.label, "ad": placement.external_id}
    return {"source": {**source, **told}}
