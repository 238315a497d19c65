"""The ledger and its evidence: only shown, never changed."""

from django.contrib import admin

from optins.admin.base import ReadOnlyAdmin, ReadOnlyInline
from optins.models import ConsentEvent, ConsentRecord, ConsentRequest, Evidence


class EvidenceInline(ReadOnlyInline):
    model = Evidence
    fields = ("kind", "payload", "created_at")


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnlyAdmin):
    list_display = ("kind", "contact", "purpose", "occurred_at", "actor", "door", "channel", "proved")
    list_filter = ("kind", "door", "proved", "is_test")
    list_select_related = ("contact", "purpose", "channel")
    inlines = (EvidenceInline,)


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    list_display = ("contact", "purpose", "grant", "proof", "stop")
    list_select_related = ("contact", "purpose", "grant", "proof", "stop")


@admin.register(ConsentRequest)
class ConsentRequestAdmin(ReadOnlyAdmin):
    list_display = ("kind", "channel", "language", "asked_at", "expires_at")
    list_filter = ("kind", "channel")
    list_select_related = ("channel",)
    exclude = ("code_digest", "addressee_number", "addressee_bsuid", "question_id")
