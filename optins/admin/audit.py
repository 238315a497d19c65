"""The audit, to be read by owners and auditors; and the sign-ins that go into it."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from optins import audit
from optins.admin.base import ReadOnlyAdmin
from optins.models import AuditEntry


@receiver(user_logged_in)
def note_sign_in(user: Any, **_: Any) -> None:
    """Where a second factor is asked for, whoever has only given the password is not in yet."""
    if not settings.SECOND_FACTOR:
        audit.note_everywhere(user, AuditEntry.Action.SIGNED_IN)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    section = "settings"
    place = 6
    label = "Audit"
    help = "Who saw, exported, changed or approved what. Nothing here can be changed or removed."
    empty = "Nothing yet: signing in, opening a person and every change appear here."
    list_display = ("at", "who", "action", "about", "what", "reason")
    list_display_links = ("at",)
    list_filter = ("action", "object_type", "user")
    list_select_related = ("user",)
    date_hierarchy = "at"
    fields = ("at", "who", "action", "about", "what", "reason", "organisation")
    readonly_fields = ("who", "about", "what")

    @admin.display(description="User", ordering="user")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.user) if entry.user else "A command on the server"

    @admin.display(description="About")
    def about(self, entry: AuditEntry) -> str:
        """The row, as a link where it has a page."""
        if not entry.object_type:
            return "–"
        name = f"{entry.object_type} {entry.object_id}"
        try:
            page = reverse(f"admin:optins_{entry.object_type}_change", args=[entry.object_id])
        except NoReverseMatch:
            return name
        return format_html('<a href="{}">{}</a>', page, name)

    @admin.display(description="What")
    def what(self, entry: AuditEntry) -> str:
        return "; ".join(f"{key.replace('_', ' ')}: {_words(value)}" for key, value in entry.detail.items())

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
