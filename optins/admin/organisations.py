"""Organisations, what they ask for, and who may use their API."""

from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest

from optins.admin.base import ScopedAdmin
from optins.models import ApiKey, Membership, Organisation, Purpose


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    list_display = ("name", "country", "time_zone", "closed_at")

    def save_model(self, request: HttpRequest, obj: Organisation, form: ModelForm, change: bool) -> None:
        """Whoever makes an organisation owns it: without a membership nobody could see it."""
        super().save_model(request, obj, form, change)
        if not change:
            Membership.objects.create(user_id=request.user.pk, organisation=obj, role=Membership.Role.OWNER)


@admin.register(Purpose)
class PurposeAdmin(ScopedAdmin):
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
