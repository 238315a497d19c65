"""Requests: a code that a page, an agent or an API call makes, and the questions asked in a chat."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.db.models import Exists, OuterRef, Q, QuerySet

from optins.consent import ages, codes, digests, numbers, testers, wording
from optins.consent.signal import Identifier, Scheme
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Contact,
    NoticeTranslation,
    Organisation,
    Placement,
    Purpose,
)

CODE_LIFE = timedelta(days=7)
QUESTION_LIFE = timedelta(hours=24)
Kind = ConsentRequest.Kind
# What a question about a request needs to be worded.
_SHOWN = ("channel__notice", "translation__version")


@dataclass(frozen=True, slots=True)
class Opened:
    """A new request with the code that answers it, the sentence to send and the link that holds it."""

    request: ConsentRequest
    code: str
    sentence: str
    wa_link: str


def open_request(
    channel: CaptureChannel,
    shown: NoticeTranslation,
    purposes: list[Purpose],
    *,
    now: datetime,
    typed_number: str = "",
    placement: Placement | None = None,
    page: str = "",
    address: str = "",
    own_age: int | None = None,
    filled_in: dict[str, Any] | None = None,
    is_test: bool = False,
) -> Opened:
    """Put the purposes to whoever will send the code. ``typed_number`` is E.164 or empty.

    ``own_age``: how old the box for marketing said that they are (``ages``), where it said so.
    ``filled_in``: what they wrote into a prescribed form (``prescribed_forms``).
    ``address``: where the post came from, as far as the organisation keeps it.
    """
    code = codes.make()
    request = ConsentRequest.objects.create(
        organisation=channel.organisation,
        channel=channel,
        placement=placement,
        translation=shown,
        shown=page,
        language=shown.language,
        asked_at=now,
        expires_at=now + CODE_LIFE,
        code_digest=code_digest(channel.organisation, code),
        typed_number=numbers.canonical(typed_number) if typed_number else "",
        client_address=address,
        own_age=own_age,
        filled_in=filled_in or {},
        is_test=is_test or testers.is_number(typed_number),
    )
    request.purposes.add(*purposes)
    text = f"{wording.sentence(shown, purposes, channel.organisation)} {code}"
    return Opened(request, code, text, wa_link(channel, text))


def wa_link(channel: CaptureChannel, text: str) -> str:
    digits = channel.sender.number.removeprefix("+") if channel.sender else ""
    return f"https://wa.me/{digits}?text={quote(text, safe='')}"


def code_digest(organisation: Organisation, code: str) -> str:
    return digests.keyed(organisation, "code", code)


@dataclass(frozen=True, slots=True)
class Matched:
    """The request whose code a message contains, and what else the message says."""

    request: ConsentRequest
    rest: str


def find_by_code(organisation: Organisation, text: str) -> Matched | None:
    """The request whose code stands anywhere in the text, expired or not; the newest of several."""
    found = {code_digest(organisation, c.code): c for c in codes.candidates(text)}
    if not found:
        return None
    rows = ConsentRequest.objects.filter(organisation=organisation, code_digest__in=found)
    request = rows.select_related(*_SHOWN).order_by("-asked_at").first()
    return Matched(_of(organisation, request), found[request.code_digest].rest) if request else None


def _of(organisation: Organisation, request: ConsentRequest) -> ConsentRequest:
    """The request, and what belongs to it, with the organisation at hand: it is not read once more."""
    request.organisation = request.channel.organisation = organisation
    request.channel.notice.organisation = organisation
    return request


def open_for_number(
    organisation: Organisation, identifiers: Iterable[Identifier], contact: Contact | None, now: datetime
) -> ConsentRequest | None:
    """The newest open request into which this number was typed and which this person has not answered.

    What somebody else did with its code, or reported without proof, is no answer of theirs.
    """
    typed = [i.value for i in identifiers if i.scheme == Scheme.PHONE]
    if not typed:
        return None
    rows = ConsentRequest.objects.open(now).filter(organisation=organisation, typed_number__in=typed)
    if not rows.exists():  # mostly, and asked in a moment; what follows is a read of many tables
        return None
    answers = ConsentEvent.objects.filter(contact=contact, proved=True).filter(
        Q(request=OuterRef("pk")) | Q(request__parent=OuterRef("pk"))
    )
    unanswered = rows.exclude(Exists(answers)) if contact else rows
    newest = unanswered.select_related(*_SHOWN).order_by("-asked_at").first()
    return _of(organisation, newest) if newest else None


def _own_age(
    organisation: Organisation, kind: str, purposes: list[Purpose], identifiers: Iterable[Identifier]
) -> int | None:
    """An offer to keep something asks about what they had said yes to before."""
    return None if kind == Kind.KEEP else ages.to_say(organisation, purposes, identifiers)


_ADDRESSEES: dict[str, str] = {
    Scheme.PHONE: "addressee_number",
    Scheme.WA_BSUID: "addressee_bsuid",
    # A bot's chat has one name for a person, and no number.
    Scheme.TELEGRAM: "addressee_bsuid",
    Scheme.MESSENGER: "addressee_bsuid",
}


def addressees(organisation: Organisation, identifiers: Iterable[Identifier]) -> dict[str, str]:
    """Digests by which a question finds its answer, though no contact may exist: number and BSUID."""
    return {
        _ADDRESSEES[i.scheme]: _addressee(organisation, i) for i in identifiers if i.scheme in _ADDRESSEES
    }


def _addressee(organisation: Organisation, identifier: Identifier) -> str:
    return digests.keyed(organisation, "addressee", identifier.text)


def questions_to(organisation: Organisation, identifiers: Iterable[Identifier]) -> list[ConsentRequest]:
    """The last questions put to any of these identifiers, the newest first, open or not."""
    rows = _questions(organisation, identifiers)
    if not rows.exists():  # as above
        return []
    return [_of(organisation, row) for row in rows.order_by("-asked_at", "-pk")[:20]]


def question_to(
    organisation: Organisation, identifiers: Iterable[Identifier], question_id: str
) -> ConsentRequest | None:
    """The question with this id, if it was put to any of these identifiers."""
    row = _questions(organisation, identifiers).filter(question_id=question_id).first()
    return _of(organisation, row) if row else None


def _questions(
    organisation: Organisation, identifiers: Iterable[Identifier]
) -> QuerySet[ConsentRequest, ConsentRequest]:
    mine = [_addressee(organisation, i) for i in identifiers if i.scheme in _ADDRESSEES]
    rows = ConsentRequest.objects.filter(organisation=organisation, code_digest="").put_to(mine)
    return rows.select_related(*_SHOWN, "parent").prefetch_related("purposes", "messages", "events")


def ask(
    channel: CaptureChannel,
    kind: str,
    purposes: list[Purpose],
    identifiers: Iterable[Identifier],
    *,
    shown: NoticeTranslation,
    prompted_at: datetime,
    now: datetime,
    parent: ConsentRequest | None = None,
    placement: Placement | None = None,
    page: str = "",
    is_test: bool = False,
) -> ConsentRequest:
    """Put a question to whoever wrote. ``prompted_at`` is the time of the message that it follows.

    It counts as asked one second after that message at the earliest: times are compared by second, and an
    answer must come after the stop that prompted its question.
    """
    asked_at = max(now, prompted_at.replace(microsecond=0) + timedelta(seconds=1))
    question = ConsentRequest.objects.create(
        organisation=channel.organisation,
        kind=kind,
        channel=channel,
        placement=placement,
        parent=parent,
        translation=shown,
        shown=page,
        language=shown.language,
        asked_at=asked_at,
        expires_at=asked_at + QUESTION_LIFE,
        own_age=_own_age(channel.organisation, kind, purposes, identifiers),
        is_test=is_test or testers.are_all(identifiers),
        **addressees(channel.organisation, identifiers),
    )
    question.purposes.add(*purposes)
    return question
