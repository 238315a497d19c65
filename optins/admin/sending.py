"""The senders, and how far each is in step."""

from django.contrib import admin

from optins.admin.base import ReadOnlyAdmin, ScopedAdmin
from optins.models import OutboundMessage, Sender, SenderContact


@admin.register(Sender)
class SenderAdmin(ScopedAdmin):
    list_display = ("display_name", "number", "platform", "organisation", "is_active")


@admin.register(SenderContact)
class SenderContactAdmin(ReadOnlyAdmin):
    list_display = ("contact", "sender", "desired", "pushed", "lane", "attempts", "last_error", "parked_at")
    list_filter = ("sender", "lane")
    list_select_related = ("contact", "sender")


@admin.register(OutboundMessage)
class OutboundMessageAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "sender", "state", "created_at", "sent_at", "attempts", "last_error")
    list_filter = ("sender", "state")
    list_select_related = ("sender",)
    exclude = ("address",)
