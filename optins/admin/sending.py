"""The senders, and how far each is in step."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from optins.admin.base import ReadOnlyAdmin, ScopedAdmin
from optins.admin.columns import badge, badge_of, number_of
from optins.consent import links
from optins.models import OutboundMessage, Sender, SenderContact
from optins.senders import PLATFORMS


@admin.register(Sender)
class SenderAdmin(ScopedAdmin):
    section = "sending"
    place = 1
    help = "The accounts that send on your behalf."
    empty = "No WhatsApp number yet. Add one, then choose it in a channel."
    list_display = ("display_name", "medium", number_of("number"), "platform", "organisation", "is_active")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The platform is one of those that there are."""
        if db_field.name == "platform":
            return forms.ChoiceField(
                choices=[(slug, slug.replace("_", " ").capitalize()) for slug in sorted(PLATFORMS)]
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class StepFilter(admin.SimpleListFilter):
    """By what is still to be told."""

    title = "state"
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Not told yet"), ("refused", "Refused for good"), ("told", "Told")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "waiting":
            return queryset.filter(version__gt=F("pushed_version"), parked_at=None)
        if self.value() == "refused":
            return queryset.filter(parked_at__isnull=False)
        if self.value() == "told":
            return queryset.filter(version=F("pushed_version"), parked_at=None)
        return queryset


@admin.register(SenderContact)
class SenderContactAdmin(ReadOnlyAdmin):
    section = "sending"
    place = 2
    label = "In step"
    help = "What each WhatsApp number should hold about each person, and what it was last told."
    empty = "No number has anything to hold yet."
    list_display = ("contact", "sender", "should_hold", "step", "pushed_at", "attempts", "last_error")
    list_filter = (StepFilter, "sender", "lane")
    list_select_related = ("contact", "sender")

    @admin.display(description="should hold")
    def should_hold(self, row: SenderContact) -> SafeString:
        return badge("Opted in", "good") if row.desired.get("opted_in") else badge("Opted out")

    @admin.display(description="state")
    def step(self, row: SenderContact) -> SafeString:
        if row.parked_at:
            return badge("Refused for good", "bad")
        if row.version > row.pushed_version:
            return badge("Not told yet", "wait")
        return badge("Told", "good")


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnlyAdmin):
    section = "sending"
    place = 3
    label = "Messages"
    help = "Answers to people who wrote: nobody is messaged first."
    empty = "Nothing has been answered yet."
    _STATE = OutboundMessage.State
    _TONES = {_STATE.WAITING: "wait", _STATE.SENT: "good", _STATE.DELIVERED: "good", _STATE.FAILED: "bad"}
    list_display = (
        "__str__",
        "sender",
        badge_of("state", _TONES),
        "created_at",
        "sent_at",
        "attempts",
        "last_error",
    )
    list_filter = ("sender", "state")
    list_select_related = ("sender",)
    # The ids of some vendors contain the number, and a text the link to the person's own page.
    exclude = ("address", "vendor_id", "text")
    readonly_fields = ("said",)

    @admin.display(description="Text")
    def said(self, message: OutboundMessage) -> str:
        return links.hidden(message.text)
