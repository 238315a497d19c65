"""Organisations, what they ask for, and who may use their API."""

from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest

from optins.admin.base import ScopedAdmin
from optins.models import ApiKey, Membership, Organisation, Purpose


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    section = "settings"
    place = 1
    help = "Who asks for consent: each notice names them."
    list_display = ("name", "country", "time_zone", "closed_at")

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
        return ("organisation", "key") if obj else ()


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
