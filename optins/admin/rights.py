"""What people ask about their own data: filed, seen to be from them, decided, carried out in time."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from optins import audit, roles
from optins.admin import rights_told
from optins.admin.base import visible
from optins.admin.eyes import Eyes, EyesOf, reference
from optins.admin.pages import page
from optins.admin.rights_forms import IdentityForm, OpenForm, RefuseForm
from optins.admin.rights_steps import CONSEQUENCES, Steps, back
from optins.consent import held_back, holds, rights
from optins.models import AuditEntry, Contact, DataSubjectRequest, SenderContact

Action = AuditEntry.Action
Kind = DataSubjectRequest.Kind


@admin.register(DataSubjectRequest)
class DataSubjectRequestAdmin(Steps):
    section = "people"
    place = 1
    label = "Data requests"
    help = "What people ask about their own data, and by when they have to be answered."
    empty = "Nobody has asked for anything. Open a request on the person’s page."
    list_display = (
        "kind",
        "person",
        "state_badge",
        "came_by",
        "identity",
    )  # and one that depends on who looks
    list_filter = ("state", "kind")
    list_select_related = ("contact", "organisation")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:contact_id>/open/", view(self.open_view), name="optins_datasubjectrequest_open"),
            *self.step_urls(),
            *super().get_urls(),
        ]

    # The list

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        eyes, now = EyesOf(request.user), timezone.now()

        @admin.display(description="By when", ordering="due_at")
        def due(row: DataSubjectRequest) -> SafeString:
            return rights_told.due(row, eyes[row.organisation], now, word="")

        first, *others = super().get_list_display(request)
        return [first, due, *others]

    @admin.display(description="Person")
    def person(self, row: DataSubjectRequest) -> str:
        return reference(row.contact.uuid)

    @admin.display(description="State", ordering="state")
    def state_badge(self, row: DataSubjectRequest) -> SafeString:
        return rights_told.state_of(row)

    @admin.display(description="Is it them?", ordering="identity_check")
    def identity(self, row: DataSubjectRequest) -> str:
        return row.get_identity_check_display()

    # One request

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            messages.warning(request, "There is no such request.")
            return HttpResponseRedirect(reverse("admin:index"))
        if request.method != "GET" or not self.has_view_permission(request, row):
            raise PermissionDenied
        audit.note(request.user, row.organisation_id, Action.VIEWED, row)
        return page(self, request, "admin/rights/request.html", **self._context(request, row))

    def _context(self, request: HttpRequest, row: DataSubjectRequest) -> dict[str, Any]:
        eyes = Eyes.of(request.user, row.organisation)
        moments = ("received_at", "due_at", "identity_checked_at", "decided_at", "finished_at")
        return {
            "title": f"{row.get_kind_display()}: person {reference(row.contact.uuid)}",
            "row": row,
            "known_as": eyes.known_as(row.contact),
            "state": rights_told.state_of(row),
            "due": rights_told.due(row, eyes, timezone.now()),
            "at": {name: eyes.time(at) for name in moments if (at := getattr(row, name))},
            "may_check": roles.may(request.user, "record_withdrawal", row.organisation),
            "may_decide": roles.may(request.user, "approve", row.organisation),
            "is_held": holds.is_held(row.contact),
            "consequence": CONSEQUENCES[Kind(row.kind)],
            "identity_form": IdentityForm(),
            "refuse_form": RefuseForm(),
            "held_back": held_back.told(row.contact),
            "not_told": SenderContact.objects.filter(contact=row.contact).select_related("sender")
            if row.contact.erased_at
            else (),
        }

    def open_view(self, request: HttpRequest, contact_id: int) -> HttpResponse:
        """The form, on a person's behalf; their own message in a chat needs none."""
        contact = get_object_or_404(
            visible(Contact.objects.select_related("organisation"), request), pk=contact_id
        )
        if not roles.may(request.user, "record_withdrawal", contact.organisation) or contact.erased_at:
            raise PermissionDenied
        eyes = Eyes.of(request.user, contact.organisation)
        today = timezone.now().astimezone(eyes.zone).date()
        form = OpenForm(request.POST if request.method == "POST" else None, today=today)
        if form.is_valid():
            return self._open(request, contact, **form.cleaned_data)
        context = {"contact": contact, "reference": reference(contact.uuid), "form": form}
        context |= {"title": "Open a request", "known_as": eyes.known_as(contact)}
        return page(self, request, "admin/rights/open.html", **context)

    @transaction.atomic
    def _open(self, request: HttpRequest, contact: Contact, kind: str, arrived: date) -> HttpResponse:
        # Of a day alone its end, as of any stop; of today this moment.
        end = datetime.combine(arrived, time(23, 59, 59), ZoneInfo(contact.organisation.time_zone))
        came_by = DataSubjectRequest.CameBy.STAFF
        row = rights.file(contact, kind, came_by, now=min(end, timezone.now()))
        detail = {"asked for": kind, "arrived": arrived.isoformat()}
        audit.note(request.user, contact.organisation_id, Action.CHANGED, row, detail=detail)
        return back(row)
