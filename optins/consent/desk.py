"""What follows from a request having been put to somebody by staff: its evidence, and whose code counts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from optins.consent import answered, numbers, removals, requests
from optins.consent.holds import Kept
from optins.consent.signal import Identifier, Scheme
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    DeskCapture,
    Device,
    EvidenceFile,
    InboundDelivery,
    InboundMessage,
    Organisation,
    ReviewItem,
    Sender,
    User,
)

MANY_CODES = 3
_A_DAY = timedelta(days=1)
_WORKER_WAITS = timedelta(seconds=30)


def capture_of(request: ConsentRequest | None) -> DeskCapture | None:
    """What staff noted of it; None where no staff put it to anybody. Asked of the database once."""
    if request is None or not request.code_digest:
        return None
    found: DeskCapture | None = getattr(request, "capture", None)
    return found


def is_given_up(capture: DeskCapture | None) -> bool:
    """Whether what was chosen can never come: it lies on a device that was revoked."""
    if capture is None or capture.device is None or capture.captured_at:
        return False
    return capture.device.revoked_at is not None


def give_up(device: Device, now: datetime) -> None:
    """What waits for entries of a device that was revoked waits no longer: whoever wrote is asked."""
    for capture in DeskCapture.objects.filter(
        device=device, captured_at=None, early__isnull=False
    ).distinct():
        due_again(list(capture.early.all()), now)


def due_again(early: list[InboundMessage], now: datetime) -> list[InboundDelivery]:
    """Forget that they were processed: their deliveries are still there. The worker comes if we fail."""
    keys = [message.delivery_id for message in early if message.delivery_id]
    InboundMessage.objects.filter(pk__in=[message.pk for message in early if message.delivery_id]).delete()
    rows = InboundDelivery.objects.filter(pk__in=keys)
    state = InboundDelivery.State.WAITING
    rows.update(state=state, attempts=0, next_attempt_at=now + _WORKER_WAITS)
    return list(rows.select_related("channel__organisation", "channel__sender", "channel__notice"))


class Overtaken(RuntimeError):
    """The entry came while its message was read: the message is processed again in a moment."""


def wait_for_entry(request: ConsentRequest, message: InboundMessage) -> None:
    """Have a message processed again when what was chosen with its code is uploaded. Raises Overtaken."""
    capture = DeskCapture.objects.select_for_update().get(request=request)
    if capture.captured_at:
        raise Overtaken
    capture.early.add(message)


def evidence_of(capture: DeskCapture | None) -> dict[str, Any]:
    """What is on record of a capture: what was noted, the words read out, who did it, a photo's digest."""
    if capture is None or capture.captured_at is None:
        return {}
    said: dict[str, Any] = {**capture.noted, "script": capture.request.shown}
    said |= {"staff": f"user:{capture.user_id}", "captured_at": capture.captured_at.isoformat()}
    if capture.device:
        said |= {"device": str(capture.device.uuid), "entry": capture.digest}
    file = EvidenceFile.objects.filter(request=capture.request_id).defer("content").first()
    return said | ({"file": {"sha256": file.digest, "media_type": file.media_type}} if file else {})


def told_of(request: ConsentRequest | None, identifiers: Iterable[Identifier]) -> dict[str, Any]:
    """The same, for the evidence of whoever sends the code, or answers a question that it led to.

    Of a form with another number in it nothing: it is not theirs, whatever they answer.
    """
    put = (request.parent or request) if request else None
    if put is None or put.typed_number not in {"", *(each.value for each in identifiers)}:
        return {}
    said = evidence_of(capture_of(put))
    return {"desk": said} if said else {}


def forget(contact: Contact, typed: Iterable[str], kept: Kept) -> None:
    """Remove what came with the requests of somebody: photos of forms, and what staff noted.

    Theirs are those into which their number was typed, and those without a number that they answered.
    """
    assert contact.erased_at  # noqa: S101  they are being erased
    mine = Q(typed_number__in=list(typed)) | Q(answered.by(contact), typed_number="")
    theirs = ConsentRequest.objects.filter(mine, organisation=contact.organisation_id)
    theirs = theirs.exclude(kept.requests)
    files = EvidenceFile.objects.filter(request__in=theirs)
    removals.remove_photos(files, removals.Reason.ERASED, contact.erased_at)
    DeskCapture.objects.filter(request__in=theirs).update(noted={})


# Whose codes count


def own_numbers(organisation: Organisation) -> set[str]:
    """Numbers of staff, and those of the organisation: nobody is captured with them."""
    staff = User.objects.filter(memberships__organisation=organisation).exclude(phone="")
    told = [
        organisation.contact,
        *staff.values_list("phone", flat=True),
        *Sender.objects.filter(organisation=organisation).values_list("number", flat=True),
    ]
    return {number for text in told if (number := _read(text, organisation.country))}


def _read(text: str, country: str) -> str:
    try:
        return numbers.canonical(numbers.read(text, country))
    except numbers.NumberError:
        return ""  # an address, a short code or a name


def is_own(organisation: Organisation, identifiers: Iterable[Identifier]) -> bool:
    """Whether one of these is a number of staff or of the organisation."""
    mine = {each.value for each in identifiers if each.scheme == Scheme.PHONE}
    return not mine.isdisjoint(own_numbers(organisation))


def look_at_many_codes(
    organisation: Organisation, contacts: list[Contact], identifiers: tuple[Identifier, ...], now: datetime
) -> None:
    """Somebody who sends three or more codes in a day that were made for others goes to review, once a day.

    Made for others: another number was typed where the code was made, or staff made it for somebody.
    """
    since = now - _A_DAY
    if not contacts or len(_codes_sent(organisation, contacts, identifiers, since)) < MANY_CODES:
        return
    kind = ReviewItem.Kind.CODES
    if not ReviewItem.objects.filter(contact=contacts[0], kind=kind, created_at__gte=since).exists():
        ReviewItem.objects.create(organisation=organisation, kind=kind, contact=contacts[0])


def _codes_sent(
    organisation: Organisation,
    contacts: list[Contact],
    identifiers: tuple[Identifier, ...],
    since: datetime,
) -> set[int | None]:
    mine = [each.value for each in identifiers if each.scheme == Scheme.PHONE]
    asked = ConsentRequest.objects.filter(organisation=organisation, asked_at__gte=since)
    asked = asked.put_to(list(requests.addressees(organisation, identifiers).values()))
    # Of a form with their own number in it they are asked too: that one was made for them.
    for_others = asked.exclude(parent=None).exclude(parent__typed_number__in=mine)
    for_others = for_others.filter(Q(parent__capture__isnull=False) | ~Q(parent__typed_number=""))
    sent = ConsentEvent.objects.filter(contact__in=contacts, proved=True, recorded_at__gte=since)
    sent = sent.filter(request__capture__isnull=False).exclude(request__typed_number__in=mine)
    return set(for_others.values_list("parent", flat=True)) | set(sent.values_list("request", flat=True))
