"""What calls and USSD sessions share: the words that they say, and their acts on record."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from channels_capture.base import Adapter, Message
from channels_capture.keypad import Act, Deed, Place
from optins.consent import identity, wording
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal
from optins.models import CaptureChannel, ConsentEvent, ConsentRequest, NoticeTranslation, Purpose

_KINDS = {
    Deed.GIVE: ConsentEvent.Kind.GIVEN,
    Deed.REFUSE: ConsentEvent.Kind.REFUSED,
    Deed.STOP: ConsentEvent.Kind.WITHDRAWN,
}
_REASONS = {Deed.REFUSE: ConsentEvent.Reason.SAID_NO, Deed.STOP: ConsentEvent.Reason.STOP_WORD}
Wordings = dict[str, NoticeTranslation]


def wordings(channel: CaptureChannel, spoken: Collection[str] | None = None) -> Wordings:
    """The published wording by language, in the organisation's order, as far as it can be spoken."""
    return _spoken(wording.published(channel.notice), spoken)


def wordings_of(channel: CaptureChannel, version: int, spoken: Collection[str] | None = None) -> Wordings:
    """The same of the version with this number, though another may be in force by now.

    A call goes on in the version with which it began: the same keys lead to the same questions.
    """
    rows = NoticeTranslation.objects.filter(version__notice=channel.notice, version__number=version)
    published = rows.filter(version__published_at__isnull=False).select_related("version")
    usual = {code: place for place, code in enumerate(channel.organisation.languages)}
    in_order = sorted(published, key=lambda row: (usual.get(row.language, len(usual)), row.language))
    return _spoken(in_order, spoken)


def _spoken(rows: Iterable[NoticeTranslation], spoken: Collection[str] | None) -> Wordings:
    return {row.language: row for row in rows if spoken is None or row.language in spoken}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One call or session, as far as its acts need it. ``shown`` is None before a language is chosen."""

    channel: CaptureChannel
    id: str
    message: Message
    adapter: Adapter
    shown: NoticeTranslation | None
    asked_at: datetime
    received_at: datetime
    now: datetime
    proved: bool


def carry_out(
    sitting: Sitting,
    place: Place,
    keys: tuple[str, ...],
    request_of: Callable[[Act, Purpose | None], ConsentRequest | None],
) -> str:
    """Put every act on record that is not yet; returns in a word what the last key led to.

    An act keeps its id however often the session is told again, so it counts once.
    """
    purposes = {p.key: p for p in Purpose.objects.filter(organisation=sitting.channel.organisation)}
    for act in place.acts:
        purpose = purposes.get(act.purpose)
        if act.deed != Deed.STOP and purpose is None:
            continue  # deleted since it was asked about
        request = request_of(act, purpose)
        if sitting.message.identifiers:
            record(_signal(sitting, act, keys, purpose, request), now=sitting.now)
    return _word(place)


def _word(place: Place) -> str:
    if place.acts and place.acts[-1].number == place.pressed:
        return str(place.acts[-1].deed)
    return str(place.ending or "asked") if place.steps else "nothing_to_say"


def _signal(
    sitting: Sitting, act: Act, keys: tuple[str, ...], purpose: Purpose | None, request: ConsentRequest | None
) -> ConsentSignal:
    channel, identifiers = sitting.channel, sitting.message.identifiers
    is_yes = act.deed == Deed.GIVE
    last_yes = None if is_yes else identity.last_yes_of(identity.find(channel.organisation, identifiers))
    return ConsentSignal(
        organisation=channel.organisation,
        identifiers=identifiers,
        kind=_KINDS[act.deed],
        purposes=(purpose,) if purpose else (),
        actor=ConsentEvent.Actor.PERSON,
        door=ConsentEvent.Door.WEBHOOK,
        connection=channel.public_id,
        id=f"{sitting.id}/{act.number}",
        channel=channel,
        placement=request.placement if request else None,
        request=request,
        translation=sitting.shown,
        language=sitting.shown.language if sitting.shown else "",
        occurred_at=_sent_at(sitting),
        asked_at=sitting.asked_at,
        not_before=last_yes,
        received_at=sitting.received_at,
        proved=sitting.proved,
        verified_by=channel.kind,
        reason=_REASONS.get(act.deed, ""),
        evidence=_evidence(sitting, act, keys),
        is_test=request.is_test if request else False,
    )


def _sent_at(sitting: Sitting) -> datetime:
    return min(sitting.message.occurred_at or sitting.received_at, sitting.received_at)


def _evidence(sitting: Sitting, act: Act, keys: tuple[str, ...]) -> dict[str, object]:
    """What was told before the key, the key, and all keys up to it; ``script`` is the wording's hash."""
    return {
        **sitting.message.evidence,
        "script": sitting.shown.content_hash if sitting.shown else "",
        "told": "\n".join(line.text for line in act.step.lines),
        "key": act.key,
        "keys": list(keys[: act.number]),
        "verified": sitting.adapter.scheme,
        "proves": sitting.adapter.proves,
        "sent_at": _sent_at(sitting).isoformat(),
    }
