"""What runs out when. Computed when it is read; nobody is messaged about it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from optins.admin.base import ReadOnlyAdmin, visible
from optins.admin.columns import badge
from optins.admin.eyes import Eyes, reference
from optins.consent import rulepacks, standing
from optins.consent.rulepacks import Rules, calendars, questions
from optins.models import ConsentEvent, Purpose, RunningOut

_HORIZONS = {"past": ("Has run out", 0), "30": ("Within 30 days", 30), "90": ("Within 90 days", 90)}


class When(admin.SimpleListFilter):
    """When it runs out, or whether it is old enough to ask anew."""

    title = "runs out"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*((key, label) for key, (label, _days) in _HORIZONS.items()), ("renew", "Time to ask anew")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        if self.value() not in {"renew", *_HORIZONS}:
            return queryset
        return queryset.filter(_due(request, str(self.value()), timezone.now()))


def _due(request: HttpRequest, when: str, now: datetime) -> Q:
    """By each purpose's own settings: those of its organisation, and what is frozen on the consent."""
    due = Q(pk__in=[])
    for purpose in visible(Purpose.objects.select_related("organisation"), request):
        rules = rulepacks.rules_for(purpose.organisation, None, purpose.category)
        given = "proof" if _needs_proof(purpose, rules) else "grant"
        if when == "renew":
            before = _months_back(rules, "consent.refresh_months", now)
            due |= Q(**{"purpose": purpose, f"{given}__occurred_at__lte": before}) if before else Q(pk__in=[])
            continue
        until = now + timedelta(days=_HORIZONS[when][1])
        due |= Q(**{"purpose": purpose, f"{given}__expires_at__lte": until})
        for before in _given_before(purpose, rules, until):
            due |= Q(**{"purpose": purpose, f"{given}__occurred_at__lte": before})
    return due


def _given_before(purpose: Purpose, rules: Rules, until: datetime) -> list[datetime]:
    days, months = purpose.expires_after_days, _months_back(rules, "consent.expiry_months", until)
    return [*([until - timedelta(days=days)] if days else []), *([months] if months else [])]


def _months_back(rules: Rules, path: str, moment: datetime) -> datetime | None:
    months = rules.field(path).value
    return calendars.months_after(moment, -months) if months else None


def _needs_proof(purpose: Purpose, rules: Rules) -> bool:
    return purpose.requires_confirmation or questions.confirmation_required(rules)


class WithAYes(ChangeList):
    """Of all records, those in which a yes stands."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet:
        return super().get_queryset(*args, **kwargs).filter(grant__isnull=False, contact__is_test=False)


@admin.register(RunningOut)
class RunningOutAdmin(ReadOnlyAdmin):
    section = "people"
    place = 4
    label = "What runs out"
    help = "Each yes and when it runs out. Nobody is messaged about it: people renew it when they come by."
    empty = "Nobody has said yes yet."
    list_display = ("person", "about", "said_yes", "runs_out", "ask_anew")
    list_display_links = None
    list_filter = (When, "purpose")
    list_select_related = ("contact__organisation", "purpose", "grant", "proof")
    ordering = ("grant__occurred_at", "pk")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("contact__identifiers")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithAYes

    @admin.display(description="Person", ordering="contact")
    def person(self, row: RunningOut) -> SafeString:
        page = reverse("admin:optins_contact_change", args=[row.contact_id])
        return format_html('<a href="{}">{}</a>', page, reference(row.contact.uuid))

    @admin.display(description="About", ordering="purpose")
    def about(self, row: RunningOut) -> str:
        return str(row.purpose)

    @admin.display(description="Said yes", ordering="grant__occurred_at")
    def said_yes(self, row: RunningOut) -> SafeString:
        return _eyes(row).time(_counts(row).occurred_at)

    @admin.display(description="Runs out")
    def runs_out(self, row: RunningOut) -> SafeString | str:
        ends = standing.expiry(_counts(row), row.purpose, _rules(row))
        if ends is None:
            return "Never"
        return badge("Has run out", "bad") if ends <= timezone.now() else _eyes(row).time(ends)

    @admin.display(description="Ask anew from")
    def ask_anew(self, row: RunningOut) -> SafeString | str:
        due = questions.renew_from(_rules(row), _counts(row).occurred_at)
        if due is None:
            return "–"
        return badge("Now", "wait") if due <= timezone.now() else _eyes(row).time(due)


def _rules(row: RunningOut) -> Rules:
    return standing.rules_of(row.contact, row.purpose)


def _counts(row: RunningOut) -> ConsentEvent:
    """The yes that decides: the person's own where that is asked for, else any."""
    grant: Any = row.proof if row.proof and _needs_proof(row.purpose, _rules(row)) else row.grant
    return grant


def _eyes(row: RunningOut) -> Eyes:
    zone = ZoneInfo(row.contact.organisation.time_zone)
    return Eyes(numbers=False, evidence=False, zone=zone)  # of times alone
