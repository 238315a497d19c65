"""Contacts: who they are to the platforms, what stands, and what was done."""

from django.contrib import admin

from optins.admin.base import ReadOnlyAdmin, ReadOnlyInline
from optins.models import ConsentEvent, ConsentRecord, Contact, ContactIdentifier, ReviewItem, Suppression


class IdentifierInline(ReadOnlyInline):
    model = ContactIdentifier
    fields = ("scheme", "value", "verified_at", "verified_by", "last_heard_at")


class RecordInline(ReadOnlyInline):
    model = ConsentRecord
    fields = ("purpose", "grant", "proof", "stop")


class EventInline(ReadOnlyInline):
    model = ConsentEvent
    fields = ("occurred_at", "kind", "purpose", "actor", "door", "channel", "proved", "reason")


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    """No search box: its words would stand in the address, and a number never does."""

    list_display = ("__str__", "organisation", "language", "is_test", "created_at")
    list_filter = ("is_test",)
    inlines = (IdentifierInline, RecordInline, EventInline)


@admin.register(ReviewItem)
class ReviewItemAdmin(ReadOnlyAdmin):
    list_display = ("kind", "contact", "other", "created_at", "decided_at")
    list_filter = ("kind",)


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    list_display = ("reason", "scope", "purpose", "created_at")
    list_filter = ("reason", "scope")
    exclude = ("digest", "key")
