"""The form that a law prescribes, on paper: for whoever would rather write, and for the file."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe

from channels_capture import registry
from channels_capture.prescribed_form.page import wording_in
from channels_capture.qr_code import symbols
from optins.consent import prescribed_forms, texts, wording
from optins.models import CaptureChannel


def id_for(channel: CaptureChannel) -> str:
    """The form that the channel can show; empty where it has no page, or no law prescribes one."""
    kind = registry.kind_of(channel)
    return prescribed_forms.id_for(channel) if kind and kind.page else ""


def address(channel: CaptureChannel) -> str:
    """Where the form can be filled in."""
    return f"{settings.PUBLIC_URL}{reverse('prescribed_form', args=[channel.slug])}"


def print_view(admin: Any, request: HttpRequest, channel_id: int) -> HttpResponse:
    """The form in ``?lang=``, as its page has it; 404 where there is none."""
    channel = get_object_or_404(admin.get_queryset(request), pk=channel_id)
    form_id = id_for(channel)
    if not form_id or not admin.has_view_permission(request, channel):
        raise Http404
    try:
        shown = wording_in(channel, form_id, [request.GET.get("lang", "")])
    except wording.NoWording:
        messages.error(request, "Publish the channel's wording first: the form shows it.")
        return HttpResponseRedirect(reverse("admin:optins_capturechannel_change", args=[channel.pk]))
    return render(
        request, "print/form.html", _values(channel, prescribed_forms.sheet(channel, form_id, shown))
    )


def _values(channel: CaptureChannel, sheet: prescribed_forms.Sheet) -> dict[str, Any]:
    codes = {row.language for row in wording.published(channel.notice)}
    return {
        "channel": channel,
        "organisation": channel.organisation,
        "sheet": sheet,
        "f": sheet.texts,
        "shown": sheet.shown,
        "language": sheet.shown.language,
        "languages": [
            (code, texts.name(code)) for code in prescribed_forms.languages(sheet.id) if code in codes
        ],
        "provenance": prescribed_forms.provenance(sheet.id),
        "address": address(channel),
        # Made here from an address of our own: nothing in it was typed.
        "qr": mark_safe(symbols.svg_element(address(channel))),  # noqa: S308
    }
