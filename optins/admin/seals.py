"""Seals: how far each ledger is sealed, where its heads went, and every head with its signature."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from optins.admin import seal_state
from optins.admin.base import ReadOnlyAdmin, ReadOnlyInline
from optins.admin.columns import badge
from optins.consent import signing
from optins.consent.seals import SignedHead
from optins.models import HeadExport, Seal


class HeadExportInline(ReadOnlyInline):
    model = HeadExport
    verbose_name_plural = "Where it went"
    fields = ("target", "exported_at", "attempts", "last_error")


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    section = "settings"
    place = 7
    label = "Seals"
    help = "Signed heads over the ledger: whoever changes an act afterwards is found out."
    empty = "Nothing is sealed yet. The worker seals each act within seconds of its being recorded."
    list_display = ("sealed_at", "organisation", "size", "added", "short_root", "key_id", "went_to")
    list_display_links = ("sealed_at",)
    list_filter = ("organisation",)
    list_select_related = ("organisation", "previous")
    ordering = ("-sealed_at", "-size")
    show_full_result_count = False
    change_list_template = "admin/seals/list.html"
    inlines = (HeadExportInline,)
    fields = ("organisation", "sealed_at", "size", "follows", "full_root", "key_id", "public_key", "signed")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("exports")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        found = {"states": seal_state.states(request, timezone.now()), "keys": seal_state.keys()}
        return super().changelist_view(request, found | (extra_context or {}))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    @admin.display(description="new events")
    def added(self, seal: Seal) -> int:
        return seal.size - (seal.previous.size if seal.previous else 0)

    @admin.display(description="root")
    def short_root(self, seal: Seal) -> SafeString:
        return format_html('<code dir="ltr">{}…</code>', seal.root[:12])

    @admin.display(description="went to")
    def went_to(self, seal: Seal) -> SafeString | str:
        out = [each.get_target_display() for each in seal.exports.all() if each.exported_at]
        waits = [each for each in seal.exports.all() if not each.exported_at]
        return badge("On its way", "wait") if waits else ", ".join(out) or "–"

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


def _digits(text: str) -> SafeString:
    """Long digits, which may break anywhere."""
    return format_html('<code class="digits" dir="ltr">{}</code>', text)
