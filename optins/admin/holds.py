"""Legal holds: placed with a reason, approved by another person, released when the matter is over."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from optins import audit, roles
from optins.admin import rights_told
from optins.admin.base import ReadOnlyAdmin, visible
from optins.admin.eyes import Eyes, reference
from optins.admin.pages import page
from optins.admin.rights_forms import HoldForm
from optins.consent import rights
from optins.consent.digit_runs import without_numbers
from optins.models import AuditEntry, Contact, HeldBack, LegalHold

Action = AuditEntry.Action


@admin.register(LegalHold)
class LegalHoldAdmin(ReadOnlyAdmin):
    section = "people"
    place = 6
    label = "Legal holds"
    help = "People of whom nothing may be removed, because a matter needs it. It takes two to place one."
    empty = "Nothing is held. Place a hold on the person’s page."
    list_display = ("person", "reason", "state", "placed_by", "placed_at", "approved_by", "released_at")
    list_select_related = ("contact", "organisation", "placed_by", "approved_by")
    ordering = ("-placed_at",)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:contact_id>/place/", view(self.place_view), name="optins_legalhold_place"),
            path("<int:hold_id>/approve/", view(self.approve_view), name="optins_legalhold_approve"),
            path("<int:hold_id>/release/", view(self.release_view), name="optins_legalhold_release"),
            *super().get_urls(),
        ]

    @admin.display(description="Person")
    def person(self, hold: LegalHold) -> str:
        return reference(hold.contact.uuid)

    @admin.display(description="State")
    def state(self, hold: LegalHold) -> SafeString:
        return rights_told.hold_state(hold)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        hold = self.get_object(request, object_id)
        if hold is None:
            messages.warning(request, "There is no such hold.")
            return HttpResponseRedirect(reverse("admin:index"))
        if request.method != "GET" or not self.has_view_permission(request, hold):
            raise PermissionDenied
        eyes = Eyes.of(request.user, hold.organisation)
        moments = ("placed_at", "approved_at", "released_at")
        context = {
            "title": f"Legal hold: person {reference(hold.contact.uuid)}",
            "hold": hold,
            "known_as": eyes.known_as(hold.contact),
            "state": rights_told.hold_state(hold),
            "at": {name: eyes.time(at) for name in moments if (at := getattr(hold, name))},
            "may_decide": roles.may(request.user, "approve", hold.organisation) and not hold.released_at,
            "is_own": hold.placed_by_id == request.user.pk,
            "left": HeldBack.objects.filter(organisation=hold.organisation_id).count(),
        }
        return page(self, request, "admin/rights/hold.html", **context)

    def place_view(self, request: HttpRequest, contact_id: int) -> HttpResponse:
        contact = get_object_or_404(
            visible(Contact.objects.select_related("organisation"), request), pk=contact_id
        )
        if not roles.may(request.user, "approve", contact.organisation) or contact.erased_at:
            raise PermissionDenied
        form = HoldForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return _back(_place(contact, request.user, form.cleaned_data["reason"]))
        eyes = Eyes.of(request.user, contact.organisation)
        context = {"contact": contact, "reference": reference(contact.uuid), "form": form}
        context |= {"title": "Place a legal hold", "known_as": eyes.known_as(contact)}
        return page(self, request, "admin/rights/place.html", **context)

    @method_decorator(require_POST)
    def approve_view(self, request: HttpRequest, hold_id: int) -> HttpResponse:
        return self._decide(request, hold_id, rights.approve_hold, Action.APPROVED, "In force from now on.")

    @method_decorator(require_POST)
    def release_view(self, request: HttpRequest, hold_id: int) -> HttpResponse:
        return self._decide(request, hold_id, rights.release_hold, Action.CHANGED, "Released.")

    @transaction.atomic
    def _decide(self, request: HttpRequest, hold_id: int, step: Any, action: str, told: str) -> HttpResponse:
        if not roles.may_somewhere(request.user, "approve"):
            raise PermissionDenied
        hold = get_object_or_404(visible(LegalHold.objects.all(), request, "approve"), pk=hold_id)
        try:
            step(hold, request.user, timezone.now())
        except rights.NotNow as error:
            messages.error(request, str(error))
        else:
            audit.note(request.user, hold.organisation_id, action, hold, detail={"step": step.__name__})
            messages.success(request, told)
        return _back(hold)


@transaction.atomic
def _place(contact: Contact, user: Any, reason: str) -> LegalHold:
    hold = LegalHold.objects.create(
        organisation=contact.organisation,
        contact=contact,
        reason=without_numbers(reason),
        placed_by_id=user.pk,
        placed_at=timezone.now(),
    )
    audit.note(user, contact.organisation_id, Action.CHANGED, hold, detail={"step": "place_hold"})
    return hold


def _back(hold: LegalHold) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:optins_legalhold_change", args=[hold.pk]))
