"""Removing what is no longer needed. What a legal hold lies on stays, in every table."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT

from optins.consent import evidence_retention, holds, overwriting, releasing
from optins.consent.in_parts import in_parts
from optins.consent.signal import Identifier
from optins.consent.traces import Traces
from optins.imports import erasing as files
from optins.imports import tasks as imports
from optins.models import (
    ApiIdempotency,
    ConsentRequest,
    DeskCapture,
    Evidence,
    EvidenceFile,
    InboundDelivery,
    Organisation,
    OutboundMessage,
)

DELIVERIES_KEPT = timedelta(days=14)
TYPED_NUMBERS_KEPT = timedelta(days=30)
ANSWERS_KEPT = timedelta(days=30)
ACCESS_KEPT = timedelta(days=30)


def remove_outdated(now: datetime) -> None:
    """All of it; each step is safe to run twice or never."""
    for organisation in Organisation.objects.all():
        evidence_retention.remove(organisation, now)
        held = holds.identifiers(organisation)
        _remove_typed_numbers(organisation, held, now)
        _remove_what_was_filled_in(organisation, now)
        _remove_what_ads_told(organisation, now)
        _remove_addresses(organisation, held, now)
        _remove_forms(organisation, held, now)
        _remove_unused_codes(organisation, now)
        _remove_deliveries(organisation, held, now)
        _remove_replies(organisation, held, now)
        releasing.let_go(organisation, now)
        files.let_go(organisation)
    ApiIdempotency.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()
    _remove_access(now)
    imports.forget_files(now, holds.imported_rows())
    overwriting.overwrite()


def _remove_typed_numbers(organisation: Organisation, held: Iterable[Identifier], now: datetime) -> None:
    rows = ConsentRequest.objects.filter(organisation=organisation, expires_at__lt=now - TYPED_NUMBERS_KEPT)
    rows = rows.exclude(typed_number="").exclude(typed_number__in=[each.value for each in held])
    rows = rows.exclude(holds.answered_requests())
    in_parts(rows, lambda part: part.update(typed_number=""))


def _remove_what_was_filled_in(organisation: Organisation, now: datetime) -> None:
    """What was written into a form goes with the numbers; of whoever signed it, the evidence has it."""
    rows = ConsentRequest.objects.filter(organisation=organisation, expires_at__lt=now - TYPED_NUMBERS_KEPT)
    rows = rows.exclude(filled_in={}).exclude(holds.answered_requests())
    in_parts(rows, lambda part: part.update(filled_in={}))


def _remove_what_ads_told(organisation: Organisation, now: datetime) -> None:
    """The same for what was said of a click; of whoever said yes, the evidence has it."""
    rows = ConsentRequest.objects.filter(organisation=organisation, expires_at__lt=now - TYPED_NUMBERS_KEPT)
    rows = rows.exclude(referral={}).exclude(questions__events__contact__in=holds.contacts())
    in_parts(rows, lambda part: part.update(referral={}))


def _remove_addresses(organisation: Organisation, held: Iterable[Identifier], now: datetime) -> None:
    """Where posts came from, when the organisation's time for it is over."""
    kept = timedelta(days=organisation.ip_kept_days)
    rows = ConsentRequest.objects.filter(organisation=organisation, created_at__lt=now - kept)
    rows = rows.exclude(client_address="").exclude(holds.answered_requests())
    rows = rows.exclude(typed_number__in=[each.value for each in held])
    in_parts(rows, lambda part: part.update(client_address=""))


def _remove_forms(organisation: Organisation, held: Iterable[Identifier], now: datetime) -> None:
    """Photos of forms that no evidence names any more, and what staff noted, once the code is long over."""
    over = ConsentRequest.objects.filter(organisation=organisation, expires_at__lt=now - TYPED_NUMBERS_KEPT)
    over = over.exclude(holds.answered_requests()).exclude(typed_number__in=[each.value for each in held])
    files = EvidenceFile.objects.filter(~Exists(_naming_it()), request__in=over)
    in_parts(files, lambda part: part.delete())
    captures = DeskCapture.objects.filter(request__in=over).exclude(noted={})
    in_parts(captures, lambda part: part.update(noted={}))


def _remove_unused_codes(organisation: Organisation, now: datetime) -> None:
    """Codes of a device's stock that nobody used, once no upload is taken any more; they name nobody."""
    stock = _unused(DeskCapture.objects.filter(device__isnull=False, request__organisation=organisation))
    in_parts(stock.filter(request__expires_at__lt=now - TYPED_NUMBERS_KEPT), _remove_stock)


def _unused(captures: QuerySet[DeskCapture]) -> QuerySet[DeskCapture]:
    """Those of which nothing was uploaded, sent or asked."""
    return captures.filter(captured_at=None, early=None, request__events=None, request__questions=None)


@transaction.atomic
def _remove_stock(part: QuerySet[DeskCapture]) -> None:
    # An upload, or a message that waits for one, may have come in this very moment: look again once locked.
    locked = list(part.select_for_update().values_list("pk", flat=True))
    unused = _unused(DeskCapture.objects.filter(pk__in=locked))
    ConsentRequest.objects.filter(capture__in=unused).delete()


def _naming_it() -> QuerySet[Evidence]:
    """The evidence that names a photo: of what staff reported, and of what the person answered."""
    answers = Q(event__request=OuterRef("request")) | Q(event__request__parent=OuterRef("request"))
    digests = {"reported": KT("payload__file__sha256"), "answered": KT("payload__desk__file__sha256")}
    named = Q(reported=OuterRef("digest")) | Q(answered=OuterRef("digest"))
    return Evidence.objects.alias(**digests).filter(answers, named, part=Evidence.Part.ACT)


def _remove_deliveries(organisation: Organisation, held: list[Identifier], now: datetime) -> None:
    rows = InboundDelivery.objects.filter(channel__organisation=organisation)
    rows = rows.filter(received_at__lt=now - DELIVERIES_KEPT).exclude(state=InboundDelivery.State.WAITING)
    rows = rows.exclude(pk__in=Traces(held).found_in(rows, "body", "headers")) if held else rows
    in_parts(rows, lambda part: part.delete())


def _remove_replies(organisation: Organisation, held: Iterable[Identifier], now: datetime) -> None:
    """A reply can wait for a sender that is switched off; when its window has closed it is of no use."""
    over = ~Q(state=OutboundMessage.State.WAITING) | Q(expires_at__lt=now)
    rows = OutboundMessage.objects.filter(over, sender__organisation=organisation)
    rows = rows.filter(created_at__lt=now - DELIVERIES_KEPT)
    rows = rows.exclude(address__in=[each.value.removeprefix("+") for each in held])
    in_parts(rows, lambda part: part.delete())


def _remove_access(now: datetime) -> None:
    """Who failed to sign in, and sessions that are over."""
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(attempt_time__lt=now - ACCESS_KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()
