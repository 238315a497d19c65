"""The ledger and its evidence: only shown, never changed."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from optins.admin import form_files
from optins.admin.base import ReadOnlyAdmin, ReadOnlyInline
from optins.admin.columns import badge_of
from optins.admin.eyes import Eyes
from optins.models import ConsentEvent, ConsentRecord, ConsentRequest, Evidence


class EvidenceInline(ReadOnlyInline):
    model = Evidence
    fields = ("part", "kept", "created_at")

    @admin.display(description="What is kept")
    def kept(self, row: Evidence) -> SafeString:
        text = json.dumps(row.payload, indent=2, ensure_ascii=False, default=str)
        return format_html('<pre class="evidence" dir="ltr" tabindex="0">{}</pre>', text)


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAdmin):
    section = "people"
    place = 2
    help = "Every act, the newest first; nothing here is ever changed."
    empty = "No act yet. A yes, a no or a stop appears here the moment it arrives."
    list_display = (
        badge_of("kind", {ConsentEvent.Kind.GIVEN: "good"}),
        "contact",
        "purpose",
        "occurred_at",
        "actor",
        "door",
        "channel",
        "proved",
    )
    list_filter = ("kind", "door", "proved", "is_test")
    ordering = ("-recorded_at", "-id")
    list_select_related = ("contact", "purpose", "channel")
    inlines = (EvidenceInline,)
    notes_views = True

    def get_urls(self) -> list[Any]:
        file = self.admin_site.admin_view(form_files.file_view)
        return [path("<uuid:event_id>/file/", file, name="optins_consentevent_file"), *super().get_urls()]


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    section = "people"
    place = 3
    help = "What the acts of each person add up to, per purpose."
    empty = "No record yet: one is made with a person's first act."
    list_display = ("contact", "purpose", "grant", "proof", "stop")
    list_select_related = ("contact", "purpose", "grant", "proof", "stop")


@admin.register(ConsentRequest)
class ConsentRequestAdmin(ReadOnlyAdmin):
    section = "people"
    place = 4
    help = "What was put to somebody: a code to send, or a question in a chat."
    empty = "Nobody has been asked yet. Open a channel's page, or write to it."
    list_display = ("kind", "channel", "language", "asked_at", "expires_at")
    list_filter = ("kind", "channel")
    list_select_related = ("channel",)
    exclude = (
        "code_digest",
        "addressee_number",
        "addressee_bsuid",
        "question_id",
        "typed_number",
        "filled_in",
        "referral",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The typed number as this user may see it."""

        @admin.display(description="Typed number")
        def typed(row: ConsentRequest) -> SafeString | str:
            return Eyes.of(request.user, row.organisation).number(row.typed_number)

        return [*super().get_fields(request, obj), typed]
