"""Organisations, what they ask for, and who may use their API."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from optins import roles
from optins.admin import minors, rules_page
from optins.admin.base import ScopedAdmin
from optins.admin.pages import page
from optins.consent.rulepacks import overlays
from optins.models import ApiKey, Membership, Organisation, Purpose


class OrganisationForm(ModelForm):
    """Its own rules may only be stricter than those that apply in its country."""

    def clean(self) -> dict[str, Any] | None:
        found = super().clean()
        own, country = self.cleaned_data.get("rule_overlay"), self.cleaned_data.get("country", "")
        for problem in overlays.problems(own, country) if own else ():
            self.add_error("rule_overlay", problem)
        return found

    def clean_names(self) -> dict[str, list[str]]:
        """In other languages: a list of forms for each."""
        names = self.cleaned_data["names"] or {}
        lists = names.values() if isinstance(names, dict) else [None]
        forms = [form for each in lists for form in (each if isinstance(each, list) else [None])]
        if not all(isinstance(form, str) and form.strip() for form in forms):
            raise ValidationError('Write it like this: {"ar": ["عيادة ريفرسايد"]}.')
        return names


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    section = "settings"
    place = 1
    help = "Who asks for consent: each notice names them."
    form = OrganisationForm
    list_display = ("name", "country", "time_zone", "closed_at")
    change_list_template = "admin/rules/organisation_list.html"

    def get_urls(self) -> list[Any]:
        rules = self.admin_site.admin_view(self.rules_view)
        return [path("rules/", rules, name="optins_organisation_rules"), *super().get_urls()]

    def rules_view(self, request: HttpRequest) -> HttpResponse:
        """What the packs decide, and why."""
        if request.method != "GET" or not self.has_view_permission(request):
            raise PermissionDenied
        return page(self, request, "admin/rules/page.html", **rules_page.context(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Signed heads name the organisation by its slug."""
        return ("slug",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Organisation, form: ModelForm, change: bool) -> None:
        """Whoever makes an organisation owns it: without a membership nobody could see it."""
        super().save_model(request, obj, form, change)
        if not change:
            founder: Any = request.user
            Membership.objects.create(user=founder, organisation=obj, role=Membership.Role.OWNER)
            del founder.roles  # read before there was this one


@admin.register(Purpose)
class PurposeAdmin(ScopedAdmin):
    section = "settings"
    place = 2
    help = "What people agree to, each on its own."
    empty = "No purpose yet. Add one before making a channel."
    list_display = (
        "__str__",
        "key",
        "category",
        "requires_confirmation",
        "expires_after_days",
        "organisation",
    )
    list_filter = ("category",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organisation", "key", "minors") if obj else ()

    @admin.display(description="consent of minors")
    def minors(self, purpose: Purpose) -> str:
        return minors.state(purpose)

    def save_model(self, request: HttpRequest, obj: Purpose, form: ModelForm, change: bool) -> None:
        """Whoever lets minors decide alone proposes it; what was approved before was something else."""
        if {"minor_may_consent_alone", "minor_basis"} & set(form.changed_data):
            minors.propose(obj, request.user)
        super().save_model(request, obj, form, change)

    @admin.action(description="Approve that minors decide alone")
    def approve_minors(self, request: HttpRequest, queryset: QuerySet[Purpose]) -> None:
        for purpose in queryset:
            told, level = minors.approve(purpose, request.user, timezone.now())
            messages.add_message(request, level, told)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Only for whoever may approve."""
        found: dict[str, Any] = super().get_actions(request)
        return found if roles.may_somewhere(request.user, "approve") else {}

    actions = ("approve_minors",)


@admin.register(ApiKey)
class ApiKeyAdmin(ScopedAdmin):
    section = "settings"
    place = 3
    help = "What other systems use to ask the gate and to record consent; each is shown once."
    empty = "No key yet. Add one for each system that asks."
    list_display = ("name", "organisation", "scopes", "created_at", "revoked_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("organisation", "scopes") if obj else ()

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm, change: bool) -> None:
        """A new key is made here and shown once."""
        if change:
            super().save_model(request, obj, form, change)
            return
        made, text = ApiKey.make(obj.organisation, obj.name, obj.scopes)
        obj.pk, obj.digest = made.pk, made.digest
        messages.warning(request, f"Copy this key now; it is not shown again: {text}")
