"""Devices that collect at the desk without a connection: whose each is, and an end to one that is lost."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from optins.admin.base import ScopedAdmin
from optins.consent import desk
from optins.models import Device


@admin.register(Device)
class DeviceAdmin(ScopedAdmin):
    section = "settings"
    place = 4
    label = "Devices"
    help = "Browsers in which staff collect offline. Revoke one that is lost: it uploads nothing more."
    empty = "No device yet. One registers itself when somebody opens the desk's page for collecting offline."
    list_display = ("name", "user", "organisation", "created_at", "revoked_at")
    list_select_related = ("user", "organisation")
    readonly_fields = ("organisation", "user", "name", "created_at")

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.revoked_at:
            desk.give_up(obj, timezone.now())

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
