"""The home page: what waits for staff, what people said lately, and how far the senders are in step.

Each figure starts from what the user may see, and test contacts are never counted.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.admin import AdminSite
from django.db.models import Case, Count, F, Max, Min, Model, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from optins.admin import figures, rules_page
from optins.admin.base import visible
from optins.admin.rights_told import OPEN_STATES
from optins.admin.waiting import FAILED_OR_TRIED, refused_pushes, untold_erasures
from optins.consent import registries, sealing
from optins.models import (
    ConsentEvent,
    DataSubjectRequest,
    ImportBatch,
    InboundDelivery,
    LegalHold,
    NoticeVersion,
    OptOutRegistry,
    Organisation,
    ReviewItem,
    Sender,
    SenderContact,
)
from optins.sync import heads

PERIODS = (7, 30)
_LISTS = ("view_optoutregistry", "optoutregistry")
_WORDINGS = ("view_noticeversion", "noticeversion", "?status__exact=in_review")
_REQUESTS = ("view_datasubjectrequest", "datasubjectrequest")
_OPEN = f"?state__exact={DataSubjectRequest.State.OPEN}"
_IMPORTS = f"?state__exact={ImportBatch.State.WAITING}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work that may wait: its rows, who may see them, and the page that deals with them."""

    one: str
    many: str
    rows: QuerySet
    permission: str
    page: str
    tail: str = ""
    tone: str = "wait"


def _kinds(now: datetime) -> list[Kind]:
    to_decide = ReviewItem.objects.filter(decided_at=None, contact__is_test=False)
    imports = ImportBatch.objects.filter(state=ImportBatch.State.WAITING)
    failed = InboundDelivery.objects.filter(FAILED_OR_TRIED)
    waiting = InboundDelivery.objects.filter(state=InboundDelivery.State.WAITING, attempts=0)
    parked = SenderContact.objects.filter(marketing_stop_parked_at__isnull=False)
    refused = refused_pushes().filter(contact__is_test=False)
    asked = DataSubjectRequest.objects.filter(state=DataSubjectRequest.State.OPEN, due_at__gte=now)
    overdue = DataSubjectRequest.objects.filter(state__in=OPEN_STATES, due_at__lt=now)
    wordings = NoticeVersion.objects.filter(status=NoticeVersion.Status.IN_REVIEW)
    holds = LegalHold.objects.filter(approved_at=None, released_at=None)
    old_lists = OptOutRegistry.objects.filter(listed_on__lt=registries.oldest_fresh(now.date()))
    review, item = "view_reviewitem", "reviewitem"
    unsealed, kept_in = sealing.late(now), heads.overdue(now)
    return [
        Kind("decision to take", "decisions to take", to_decide, review, item),
        Kind("import to approve", "imports to approve", imports, "view_importbatch", "importbatch", _IMPORTS),
        Kind("delivery failed", "deliveries failed", failed, review, item, "#deliveries", "bad"),
        Kind("delivery waits", "deliveries wait", waiting, "view_inbounddelivery", "inbounddelivery"),
        Kind("stop parked", "stops parked", parked, review, item, "#parked"),
        Kind("update refused", "updates refused", refused, review, item, "#pushes", "bad"),
        Kind("data request", "data requests", asked, *_REQUESTS, _OPEN),
        Kind("data request overdue", "data requests overdue", overdue, *_REQUESTS, tone="bad"),
        Kind("wording to approve", "wordings to approve", wordings, *_WORDINGS),
        Kind("legal hold to approve", "legal holds to approve", holds, "view_legalhold", "legalhold"),
        Kind("opt-out list too old", "opt-out lists too old", old_lists, *_LISTS, tone="bad"),
        Kind("erasure not told", "erasures not told", untold_erasures(), review, item, "#erasures", "bad"),
        Kind("event not sealed", "events not sealed", unsealed, "view_seal", "seal", "", "bad"),
        Kind("head not exported", "heads not exported", kept_in, "view_seal", "seal", "", "bad"),
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that waits: how much, and the list that shows it."""

    count: int
    label: str
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class Lag:
    """How far one sender is behind."""

    sender: Sender
    waiting: int
    withdrawals: int
    oldest: datetime | None
    last_success: datetime | None


def context(site: AdminSite, request: HttpRequest) -> dict[str, Any]:
    """What the template shows: only what the user may see."""
    now, days = timezone.now(), PERIODS[0] if request.GET.get("days") == str(PERIODS[0]) else PERIODS[1]
    found: dict[str, Any] = {
        "waiting": _waiting(site, request, now),
        "overdue_packs": rules_page.overdue(request),
        "days": days,
        "periods": PERIODS,
    }
    if _may_see(ConsentEvent, site, request):
        zone = _zone(request)
        midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
        since = midnight - timedelta(days=days - 1)
        found["today"] = figures.today(request, midnight, now)
        found["chart"] = figures.chart(request, since, days)
        found["funnels"], found["silent_channels"] = figures.funnels(request, since)
    if _may_see(SenderContact, site, request):
        found["lags"] = _lags(request, now)
    return found


def _may_see(model: type[Model], site: AdminSite, request: HttpRequest) -> bool:
    return site.is_registered(model) and site.get_model_admin(model).has_view_permission(request)


def _zone(request: HttpRequest) -> tzinfo:
    """The zone of the user's organisations, where they share one: it says when today began."""
    zones = set(visible(Organisation.objects.all(), request).values_list("time_zone", flat=True))
    return ZoneInfo(zones.pop()) if len(zones) == 1 else ZoneInfo("UTC")


def _waiting(site: AdminSite, request: HttpRequest, now: datetime) -> list[Waiting]:
    found = []
    for kind in _kinds(now):
        if not site.is_registered(kind.rows.model):
            continue
        if count := visible(kind.rows, request, kind.permission).count():
            url = reverse(f"admin:optins_{kind.page}_changelist", current_app=site.name) + kind.tail
            found.append(Waiting(count, kind.one if count == 1 else kind.many, url, kind.tone))
    return found


def _lags(request: HttpRequest, now: datetime) -> list[Lag]:
    behind = {row["sender"]: row for row in _not_told(request)}
    found = []
    for sender in visible(
        Sender.objects.on_whatsapp().annotate(last_success=Max("contacts__pushed_at")), request
    ):
        row = behind.get(sender.pk, {"waiting": 0, "withdrawals": 0, "oldest": None})
        oldest = min(row["oldest"], now) if row["oldest"] else None
        found.append(Lag(sender, row["waiting"], row["withdrawals"], oldest, sender.last_success))
    return found


def _not_told(request: HttpRequest) -> QuerySet:
    """Differences by sender. One that was tried moves on: its age is that of the contact's last event."""
    events = ConsentEvent.objects.filter(contact=OuterRef("contact")).order_by("-recorded_at")
    since = Case(
        When(attempts=0, then=F("next_attempt_at")), default=Subquery(events.values("recorded_at")[:1])
    )
    rows = SenderContact.objects.filter(version__gt=F("pushed_version"), parked_at=None)
    return (
        visible(rows, request)
        .values("sender")
        .annotate(
            waiting=Count("pk"),
            withdrawals=Count("pk", filter=Q(lane=SenderContact.Lane.WITHDRAWAL)),
            oldest=Min(since),
        )
    )
