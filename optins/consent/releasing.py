"""Finishing erasures after a legal hold was released: what was left for it goes, as it would have then."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from optins.consent import holds, leftovers, removals
from optins.consent.in_parts import in_parts
from optins.models import (
    ConsentRequest,
    DeskCapture,
    Evidence,
    EvidenceFile,
    HeldBack,
    InboundDelivery,
    Organisation,
    ReviewItem,
)


def let_go(organisation: Organisation, now: datetime) -> None:
    """Whatever no hold keeps any more. Safe to run twice or never."""
    rows, kept = HeldBack.objects.filter(organisation=organisation), holds.Kept(organisation)
    named = Evidence.objects.filter(pk__in=rows.values("evidence")).exclude(kept.evidence)
    in_parts(named, lambda part: removals.remove(part, removals.Reason.NAMED, now))
    for row in rows.filter(request__in=ConsentRequest.objects.exclude(kept.requests)):
        _forget_request(row, now)
    for row in rows.exclude(delivery=None).select_related("delivery"):
        if row.delivery and not kept.holds(row.delivery):
            _forget_delivery(row)
    _forget_links(organisation, kept)


@transaction.atomic
def _forget_request(row: HeldBack, now: datetime) -> None:
    assert row.request_id  # noqa: S101  the caller chose among what is left of requests
    request = ConsentRequest.objects.filter(pk=row.request_id)
    request.update(filled_in={}, client_address="")
    if row.is_whole:
        request.update(typed_number="")
        removals.remove_photos(EvidenceFile.objects.filter(request__in=request), removals.Reason.ERASED, now)
        DeskCapture.objects.filter(request__in=request).update(noted={})
    row.delete()


@transaction.atomic
def _forget_delivery(row: HeldBack) -> None:
    """One that failed may still be processed for others: it goes when its time is over, 14 days at most."""
    if row.delivery and row.delivery.state == InboundDelivery.State.DONE:
        leftovers.empty(row.delivery)
        row.delete()


def _forget_links(organisation: Organisation, kept: holds.Kept) -> None:
    proposed: QuerySet[ReviewItem] = ReviewItem.objects.filter(organisation=organisation).exclude(kept.links)
    proposed.filter(contact__erased_at__isnull=False).delete()
    proposed.filter(other__erased_at__isnull=False).delete()
