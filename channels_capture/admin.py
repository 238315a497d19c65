"""Channels, their sources and what they received. Here, because only this floor sees the registry."""

from typing import Any

from django import forms
from django.contrib import admin

from channels_capture import registry
from optins.admin.base import ReadOnlyAdmin, Scoped, ScopedAdmin
from optins.models import CaptureChannel, InboundDelivery, InboundMessage, Placement


class PlacementInline(Scoped, admin.TabularInline):
    model = Placement
    extra = 0


class ChannelForm(forms.ModelForm):
    """Kind and provider are chosen from what the registry has."""

    kind = forms.ChoiceField(choices=lambda: [(slug, kind.label) for slug, kind in registry.KINDS.items()])
    provider = forms.CharField(required=False, help_text="Empty for a kind that has none.")

    class Meta:
        model = CaptureChannel
        fields = "__all__"  # noqa: DJ007  the admin's own list of fields decides

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        kind = registry.KINDS.get(values.get("kind", ""))
        known = sorted(kind.providers) if kind else []
        if kind and values.get("provider", "") not in (known or [""]):
            self.add_error(
                "provider", f"Choose one of: {', '.join(known)}." if known else "Leave this empty."
            )
        return values


@admin.register(CaptureChannel)
class CaptureChannelAdmin(ScopedAdmin):
    list_display = ("name", "kind", "provider", "slug", "sender", "is_active", "refused_count")
    list_filter = ("kind", "is_active")
    list_select_related = ("sender",)
    form = ChannelForm
    inlines = (PlacementInline,)
    readonly_fields = ("public_id", "refused_count")


@admin.register(InboundDelivery)
class InboundDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "channel", "received_at", "state", "attempts", "last_error")
    list_filter = ("state", "channel")
    list_select_related = ("channel",)
    exclude = ("body",)


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "channel", "outcome", "occurred_at")
    list_filter = ("outcome", "channel")
    list_select_related = ("channel",)
    exclude = ("dedup_key",)
