"""Seals: how far each ledger is sealed, where its heads went, and every head with its signature."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from optins.admin import seal_state
from optins.admin.base import ReadOnlyAdmin
from optins.admin.columns import badge
from optins.admin.eyes import Eyes
from optins.consent import signing
from optins.consent.seals import SignedHead
from optins.models import HeadExport, Seal


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    section = "settings"
    place = 7
    label = "Seals"
    help = "Signed heads over the ledger: whoever changes an act afterwards is found out."
    empty = "Nothing is sealed yet. The worker seals each act within seconds of its being recorded."
    list_display = ("sealed_at", "organisation", "covers", "added", "short_root", "key_id", "went_to")
    list_display_links = ("sealed_at",)
    list_filter = ("organisation",)
    list_select_related = ("organisation", "previous")
    ordering = ("-sealed_at", "-size")
    show_full_result_count = False
    change_list_template = "admin/seals/list.html"
    change_form_template = "admin/seals/head.html"
    fields = (
        "organisation",
        "moment",
        "covers",
        "follows",
        "full_root",
        "key_id",
        "public_key",
        "signed",
        "exported",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("exports")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = {"states": seal_state.states(request, timezone.now()), "keys": seal_state.keys()}
        return super().changelist_view(request, found | (extra_context or {}))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    @admin.display(description="events", ordering="size")
    def covers(self, seal: Seal) -> int:
        return seal.size

    @admin.display(description="of these new")
    def added(self, seal: Seal) -> int:
        return seal.size - (seal.previous.size if seal.previous else 0)

    @admin.display(description="root")
    def short_root(self, seal: Seal) -> SafeString:
        return format_html('<code dir="ltr">{}…</code>', seal.root[:12])

    @admin.display(description="went to")
    def went_to(self, seal: Seal) -> SafeString | str:
        rows = [(_place(each),) for each in seal.exports.all()]
        return format_html_join(" ", "{}", rows) or "–"

    @admin.display(description="sealed at")
    def moment(self, seal: Seal) -> SafeString:
        return _zone(seal).time(seal.sealed_at)

    @admin.display(description="went to")
    def exported(self, seal: Seal) -> SafeString | str:
        """Each place where it is, or why it is not."""
        rows = [(each.get_target_display(), _state(each, _zone(seal))) for each in seal.exports.all()]
        return format_html_join(SafeString("<br>"), "{}: {}", rows) or "–"

    @admin.display(description="follows")
    def follows(self, seal: Seal) -> SafeString | str:
        if seal.previous is None:
            return "Nothing: it is the first"
        page = reverse("admin:optins_seal_change", args=[seal.previous_id])
        return format_html('<a href="{}">{}</a>', page, seal.previous)

    @admin.display(description="root")
    def full_root(self, seal: Seal) -> SafeString:
        return _digits(seal.root)

    @admin.display(description="public key")
    def public_key(self, seal: Seal) -> SafeString:
        return _digits(signing.public_hex(seal.key_id) or "Not known any more: see RETIRED_PUBLIC_KEYS")

    @admin.display(description="as it is exported")
    def signed(self, seal: Seal) -> SafeString:
        return _digits(SignedHead.of(seal).line)


def _zone(seal: Seal) -> Eyes:
    """The times of the organisation; nothing here is masked."""
    return Eyes(numbers=False, evidence=False, zone=ZoneInfo(seal.organisation.time_zone))


def _place(export: HeadExport) -> SafeString:
    label = export.get_target_display()
    return badge(label, "good") if export.exported_at else badge(f"{label}: not yet", "wait")


def _state(export: HeadExport, eyes: Eyes) -> SafeString:
    if export.exported_at:
        return eyes.time(export.exported_at)
    return format_html("{} {}", badge("Not out", "wait"), export.last_error)


def _digits(text: str) -> SafeString:
    """Long digits, which may break anywhere."""
    return format_html('<code class="digits" dir="ltr">{}</code>', text)
