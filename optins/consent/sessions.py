"""Requests of calls and USSD sessions: put to whoever holds the phone, found again by the session's id."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from optins.consent import codes, digests, requests, testers
from optins.models import CaptureChannel, ConsentRequest, NoticeTranslation, Purpose


def find(channel: CaptureChannel, session: str) -> ConsentRequest | None:
    """The request of this session, with what it shows."""
    rows = ConsentRequest.objects.filter(organisation=channel.organisation, channel=channel)
    shown = rows.select_related("translation__version__notice__organisation", "placement")
    return shown.filter(question_id=_id(channel, session)).first()


@transaction.atomic
def put(
    channel: CaptureChannel,
    session: str,
    shown: NoticeTranslation,
    purposes: Iterable[Purpose],
    *,
    asked_at: datetime,
    own_age: int | None,
    is_test: bool = False,
) -> ConsentRequest:
    """The question of this session: made once, and from then on with the same words. It names nobody."""
    request, is_new = _get_or_make(
        channel,
        session,
        shown,
        asked_at=asked_at,
        expires_at=asked_at + requests.QUESTION_LIFE,
        own_age=own_age,
        is_test=is_test,
    )
    for purpose in purposes if is_new else ():
        request.purposes.add(purpose)  # one by one: they keep the order in which they are asked about
    return request


def purposes_of(request: ConsentRequest) -> list[Purpose]:
    """What a session asks about, in its order, though another may be usual by now."""
    rows = ConsentRequest.purposes.through.objects.filter(consentrequest=request).order_by("pk")
    return [row.purpose for row in rows.select_related("purpose")]


@dataclass(frozen=True, slots=True)
class Coded:
    """The request of a call whose yes is to be confirmed, and the code that confirms it."""

    request: ConsentRequest
    code: str


@transaction.atomic
def add_to_code(
    channel: CaptureChannel,
    session: str,
    shown: NoticeTranslation,
    purpose: Purpose,
    *,
    number: str,
    asked_at: datetime,
    own_age: int | None,
) -> Coded:
    """Add what was said yes to to the session's code. ``number`` is the caller's, E.164 or empty."""
    code = _code(channel, session)
    request, _ = _get_or_make(
        channel,
        session,
        shown,
        asked_at=asked_at,
        expires_at=asked_at + requests.CODE_LIFE,
        code_digest=requests.code_digest(channel.organisation, code),
        typed_number=number,
        own_age=own_age,
        is_test=testers.is_number(number),
    )
    request.purposes.add(purpose)
    return Coded(request, code)


def coded(channel: CaptureChannel, session: str) -> Coded | None:
    """What the session's code confirms, if anything; the code itself is kept nowhere, and made again."""
    request = find(channel, session)
    return Coded(request, _code(channel, session)) if request and request.code_digest else None


@transaction.atomic
def note_interest(
    channel: CaptureChannel,
    session: str,
    shown: NoticeTranslation,
    purposes: Iterable[Purpose],
    *,
    number: str,
    now: datetime,
) -> ConsentRequest:
    """An open request for this number, without a code: should they write, they are asked once.

    One that this channel has open for the number already is enough, however often they ring.
    """
    rows = ConsentRequest.objects.open(now).filter(channel=channel, typed_number=number, code_digest="")
    if known := rows.first():
        return known
    request, is_new = _get_or_make(
        channel,
        session,
        shown,
        asked_at=now,
        expires_at=now + requests.CODE_LIFE,
        typed_number=number,
        is_test=testers.is_number(number),
    )
    if is_new:
        request.purposes.set(purposes)
    return request


def _get_or_make(
    channel: CaptureChannel, session: str, shown: NoticeTranslation, **values: object
) -> tuple[ConsentRequest, bool]:
    made = {
        "organisation": channel.organisation,
        "channel": channel,
        "translation": shown,
        "shown": shown.content_hash,
        "language": shown.language,
        **values,
    }
    return ConsentRequest.objects.get_or_create(question_id=_id(channel, session), defaults=made)


def _id(channel: CaptureChannel, session: str) -> str:
    return digests.keyed(channel.organisation, "session", channel.public_id, session)[:20]


def _code(channel: CaptureChannel, session: str) -> str:
    """Random to whoever lacks the organisation's key; the same again when a call asks twice."""
    drawn = _draws(channel, session)
    return codes.make(lambda alphabet: alphabet[next(drawn) % len(alphabet)])


def _draws(channel: CaptureChannel, session: str) -> Iterator[int]:
    for round_ in range(100):
        digest = digests.keyed(channel.organisation, "session code", channel.public_id, session, str(round_))
        yield from bytes.fromhex(digest)
