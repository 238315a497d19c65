"""What people said lately, counted in the ledger: people rather than acts, and never test contacts."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.http import HttpRequest
from django.utils.translation import get_language_bidi

from optins.admin.base import visible
from optins.admin.charts import Day, DayChart, Funnel, day_chart
from optins.models import CaptureChannel, ConsentEvent, ConsentRequest

_WEEK = timedelta(days=7)
_PROVED = Q(kind=ConsentEvent.Kind.GIVEN, proved=True)
_STOPPED = ~Q(kind=ConsentEvent.Kind.GIVEN)


@dataclass(frozen=True, slots=True)
class Today:
    """People today so far, and on the same day last week up to the same time."""

    label: str
    count: int
    before: int


def _events(request: HttpRequest, since: datetime) -> QuerySet:
    """What was done since then. Ids grow with time: those of long before are not even read."""
    first = uuid.UUID(int=int((since - timedelta(days=1)).timestamp() * 1000) << 80)
    rows = ConsentEvent.objects.filter(is_test=False, occurred_at__gte=since, pk__gte=first)
    return visible(rows, request).order_by()


def _people(fits: Q) -> Count:
    return Count("contact", distinct=True, filter=fits)


def today(request: HttpRequest, midnight: datetime, now: datetime) -> list[Today]:
    """Who proved an opt-in and who stopped."""
    is_today, is_before = Q(occurred_at__gte=midnight), Q(occurred_at__lt=now - _WEEK)
    counts = _events(request, midnight - _WEEK).aggregate(
        opted_in=_people(_PROVED & is_today),
        opted_in_before=_people(_PROVED & is_before),
        stopped=_people(_STOPPED & is_today),
        stopped_before=_people(_STOPPED & is_before),
    )
    return [
        Today("opted in today, proved", counts["opted_in"], counts["opted_in_before"]),
        Today("stopped today", counts["stopped"], counts["stopped_before"]),
    ]


def chart(request: HttpRequest, since: datetime, days: int) -> DayChart:
    """The same for each day from the midnight ``since`` on, in that time's zone."""
    rows = (
        _events(request, since)
        .values(day=TruncDate("occurred_at", tzinfo=since.tzinfo))
        .annotate(opted_in=_people(_PROVED), stopped=_people(_STOPPED))
    )
    found = {row["day"]: Day(**row) for row in rows}
    dates = [(since + timedelta(days=number)).date() for number in range(days)]
    return day_chart([found.get(day, Day(day, 0, 0)) for day in dates], right_to_left=get_language_bidi())


def funnels(request: HttpRequest, since: datetime) -> tuple[list[Funnel], int]:
    """Per channel that asked: requests, the people who proved one, and who of these has stopped it since.

    And how many channels asked nobody.
    """
    asked = {row["channel"]: row["asked"] for row in _requests(request, since)}
    answered = {row["asked_by"]: row for row in _answers(request, since)}
    most = max([0, *asked.values(), *(row["opted_in"] for row in answered.values())])
    channels = list(visible(CaptureChannel.objects.all(), request).values_list("pk", "name"))
    found = []
    for key, name in channels:
        if key in asked or key in answered:
            row = answered.get(key, {"opted_in": 0, "stopped": 0})
            found.append(Funnel(name, asked.get(key, 0), row["opted_in"], row["stopped"], most))
    return found, len(channels) - len(found)


def _requests(request: HttpRequest, since: datetime) -> QuerySet:
    """Requests for consent by channel; a question about an answer is no further request."""
    rows = ConsentRequest.objects.filter(is_test=False, kind=ConsentRequest.Kind.CONSENT, asked_at__gte=since)
    return visible(rows, request).values("channel").annotate(asked=Count("pk"))


def _answers(request: HttpRequest, since: datetime) -> QuerySet:
    """People by the channel whose request they answered; what was not asked for, by where it came in."""
    stops = ConsentEvent.objects.filter(
        _STOPPED,
        Q(purpose=None) | Q(purpose=OuterRef("purpose")),
        contact=OuterRef("contact"),
        occurred_at__gte=OuterRef("occurred_at"),
    )
    return (
        _events(request, since)
        .filter(_PROVED)
        .values(asked_by=Coalesce("request__channel", "channel"))
        .annotate(opted_in=Count("contact", distinct=True), stopped=_people(Q(Exists(stops))))
    )
