"""Channels, their sources and what they received. Here, because only this floor sees the registry."""

import secrets
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from channels_capture import accounts, placements, registry, signatures
from channels_capture.join_words import JoinWords
from channels_capture.prescribed_form import printing as prescribed_form
from channels_capture.previews import preview_view
from channels_capture.qr_code.admin import code_element, with_counts
from channels_capture.trying_words import try_words_view
from optins.admin.base import ReadOnlyAdmin, ScopedAdmin
from optins.admin.many_packs import channel_packs_view, may_pack
from optins.models import CaptureChannel, InboundDelivery, InboundMessage, Placement

MOST_SOURCES = 20


class ChannelForm(forms.ModelForm):
    """Kind and provider are chosen from what the registry has."""

    kind = forms.ChoiceField(choices=lambda: [(slug, kind.label) for slug, kind in registry.KINDS.items()])
    provider = forms.CharField(required=False, help_text="Empty for a kind that has none.")
    join_words = JoinWords(
        required=False,
        help_text="What people may send to be asked, besides START and JOIN, e.g. HI CLINIC. "
        "One a line, or with commas between. Capitals and accents make no difference.",
    )

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
    section = "channels"
    place = 1
    help = "The places where people can say yes: pages, chats, printed codes."
    empty = "No channel yet. Add one to collect the first yes."
    list_display = ("name", "kind_name", "provider", "slug", "sender", "is_active", "refused_count")
    list_filter = ("kind", "is_active")
    list_select_related = ("sender",)
    form = ChannelForm
    readonly_fields = ("public_id", "refused_count")
    change_form_template = "admin/channel/change_form.html"

    @admin.display(description="kind", ordering="kind")
    def kind_name(self, channel: CaptureChannel) -> str:
        kind = registry.kind_of(channel)
        return kind.label if kind else channel.kind

    def get_urls(self) -> list[Any]:
        packs = self.admin_site.admin_view(partial(channel_packs_view, self))
        preview = self.admin_site.admin_view(preview_view)
        words = self.admin_site.admin_view(partial(try_words_view, self))
        return [
            path("<int:channel_id>/words/", words, name="optins_capturechannel_words"),
            path("<int:channel_id>/preview/", preview, name="optins_capturechannel_preview"),
            path(
                "<int:channel_id>/form/",
                self.admin_site.admin_view(partial(prescribed_form.print_view, self)),
                name="optins_capturechannel_form",
            ),
            path("<int:channel_id>/packs/", packs, name="optins_capturechannel_packs"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: CaptureChannel, form: Any, change: bool) -> None:
        """Of a provider that signs nothing the secret is nobody's but ours: it makes the address."""
        adapter = registry.adapter_of(obj)
        if adapter and adapter.has_own_address and not obj.secret:
            obj.secret = secrets.token_urlsafe(32)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A new channel with a page has a code to print from the start."""
        super().save_related(request, form, formsets, change)
        if not change and _has_page(form.instance):
            placements.add(form.instance, label="General")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        channel = self.get_object(request, object_id)
        context = _addresses(channel) if channel else {}
        if not request.user.has_perm("optins.change_capturechannel", channel):
            _hide_secrets(context)
        elif channel and registry.adapter_of(channel):
            # The sandbox knows the demo's secrets: nowhere else can a channel be written to in play.
            context["try_url"] = f"{settings.SANDBOX_URL}/try/{channel.slug}/" if settings.DEMO else ""
        if channel and prescribed_form.id_for(channel):
            context["prescribed_url"] = prescribed_form.address(channel)
        context["may_pack"] = channel is not None and may_pack(request.user, channel.organisation)
        context["may_add_source"] = request.user.has_perm("optins.add_placement", channel)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})


def _has_page(channel: CaptureChannel) -> bool:
    kind = registry.kind_of(channel)
    return bool(kind and kind.page)


def _addresses(channel: CaptureChannel) -> dict[str, Any]:
    """Where people, or the provider, find the channel; and the codes that lead to it."""
    if not _has_page(channel):
        return _hook(channel)
    rows = with_counts(Placement.objects.filter(channel=channel)).order_by("created_at", "pk")
    found = list(rows[: MOST_SOURCES + 1])
    return {
        "page_url": _public("page", channel.slug),
        "sources": [_source(row) for row in found[:MOST_SOURCES]],
        "has_more_sources": len(found) > MOST_SOURCES,
    }


def _hook(channel: CaptureChannel) -> dict[str, Any]:
    """The address for its provider, and the word that a handshake has to name, where it has one."""
    adapter = registry.adapter_of(channel)
    if adapter is None:
        return {}
    token = signatures.address_key(channel.public_id, channel.secret) if adapter.has_handshake else ""
    return {
        "hook_url": registry.hook_address(channel),
        "verify_token": token,
        "is_unsigned": adapter.has_own_address,
        "takes_all_accounts": adapter.names_accounts and accounts.of(channel) is None,
    }


def _hide_secrets(context: dict[str, Any]) -> None:
    """Whoever knows an address that is a secret can write in the name of anybody."""
    if context.get("is_unsigned"):
        context["hook_url"] = ""
    context["verify_token"] = ""


def _public(name: str, argument: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=[argument])}"


def _source(row: Placement) -> dict[str, Any]:
    return {
        "row": row,
        "id": f"source-{row.pk}",
        "qr": code_element(row),
        "address": placements.readable_address(row),
    }


@admin.register(InboundDelivery)
class InboundDeliveryAdmin(ReadOnlyAdmin):
    section = "channels"
    place = 3
    label = "Deliveries"
    help = "Webhooks as they came in, kept for 14 days."
    empty = "Nothing has come in within the last 14 days."
    list_display = ("__str__", "channel", "received_at", "state", "attempts", "last_error")
    list_filter = ("state", "channel")
    list_select_related = ("channel",)
    exclude = ("body",)


@admin.register(InboundMessage)
class InboundMessageAdmin(ReadOnlyAdmin):
    section = "channels"
    place = 4
    label = "Messages"
    help = "Each message in a delivery, and what was made of it."
    empty = "No message has come in yet."
    list_display = ("__str__", "channel", "outcome", "occurred_at")
    list_filter = ("outcome", "channel")
    list_select_related = ("channel",)
    exclude = ("dedup_key",)
