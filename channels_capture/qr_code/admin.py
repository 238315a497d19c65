"""Sources: their printed codes, what to print, and how often each was opened."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from channels_capture import placements, registry
from channels_capture.qr_code import openings, printing, symbols
from optins.admin.base import ScopedAdmin
from optins.admin.many_packs import campaign_packs_view, key_of, may_pack
from optins.consent import texts, wording
from optins.models import ConsentEvent, ConsentRequest, Placement, PlacementDay

FILES = {"svg": ("image/svg+xml", symbols.svg_file), "png": ("image/png", symbols.png_file)}


def with_counts(rows: QuerySet[Placement]) -> QuerySet[Placement]:
    """Each with its openings, what was asked through it and who said yes, of the last 30 days."""
    since = timezone.now() - timedelta(days=30)
    days = PlacementDay.objects.filter(placement=OuterRef("pk"), day__gt=since.date())
    asked = ConsentRequest.objects.filter(placement=OuterRef("pk"), asked_at__gte=since, parent=None)
    yes = ConsentEvent.objects.filter(
        placement=OuterRef("pk"), occurred_at__gte=since, kind=ConsentEvent.Kind.GIVEN, is_test=False
    )
    return rows.annotate(
        opened=_figure(days, "placement", Sum("openings")),
        asked=_figure(asked, "placement", Count("pk")),
        said_yes=_figure(yes, "placement", Count("contact", distinct=True)),
    )


def _figure(rows: QuerySet, group: str, what: Any) -> Coalesce:
    counted = rows.order_by().values(group).annotate(figure=what).values("figure")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def code_element(placement: Placement) -> SafeString:
    """The code as it is printed, as a picture within a page."""
    return mark_safe(symbols.svg_element(placements.address(placement)))  # noqa: S308  an address of our own


class PlacementForm(ModelForm):
    """WhatsApp can only be opened with the number that the channel has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "opens" in self.fields:
            self.fields["opens"].required = False  # unsaid, it is the page

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        channel, opens_whatsapp = values.get("channel"), values.get("opens") == Placement.Opens.WHATSAPP
        if channel and opens_whatsapp and not placements.number(Placement(channel=channel)):
            self.add_error("opens", "This channel has no WhatsApp number to open.")
        return values


@admin.register(Placement)
class PlacementAdmin(ScopedAdmin):
    section = "channels"
    place = 2
    label = "Sources"
    help = "Each poster, handout or counter card has a code of its own, so that you see which one works."
    empty = "No source yet. Add one to get a code to print."
    list_display = ("label", "in_full", "channel", "place", "campaign", "openings", "asked", "said_yes")
    list_filter = ("channel", "campaign")
    list_select_related = ("channel",)
    list_per_page = 50
    list_max_show_all = 50
    form = PlacementForm
    fields = ("channel", "label", "opens", "place", "campaign", "external_id")
    change_form_template = "admin/channel/source.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:placement_id>/code.<slug:sort>", view(self.file_view), name="optins_placement_code"),
            path("packs/", view(partial(campaign_packs_view, self)), name="optins_placement_packs"),
            path("<int:placement_id>/print/", view(self.print_view), name="optins_placement_print"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("channel__organisation", "channel__notice")
        return with_counts(rows)

    @admin.display(description="Code", ordering="code")
    def in_full(self, placement: Placement) -> SafeString:
        return format_html('<bdi dir="ltr" class="number">{}</bdi>', placement.code)

    @admin.display(description="Opened in 30 days", ordering="opened")
    def openings(self, placement: Any) -> int:
        return placement.opened

    @admin.display(description="Requests", ordering="asked")
    def asked(self, placement: Any) -> int:
        return placement.asked

    @admin.display(description="People who said yes", ordering="said_yes")
    def said_yes(self, placement: Any) -> int:
        return placement.said_yes

    def save_model(self, request: HttpRequest, obj: Placement, form: ModelForm, change: bool) -> None:
        """The code is ours to make: nobody types one."""
        kind = registry.kind_of(obj.channel)
        if kind is not None and kind.page is None:
            obj.opens = Placement.Opens.WHATSAPP
        if change:
            super().save_model(request, obj, form, change)
        else:
            placements.save_new(obj)

    def response_add(self, request: HttpRequest, obj: Placement, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to the code, which is what a source was added for."""
        messages.success(request, f"“{obj}” has the code {obj.code}.")
        return HttpResponseRedirect(reverse("admin:optins_placement_change", args=[obj.pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        placement = self.get_object(request, object_id)
        context = _context(placement) if placement else {}
        if placement and may_pack(request.user, placement.channel.organisation):
            context["campaign_key"] = key_of(placement)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    # The code itself

    def file_view(self, request: HttpRequest, placement_id: int, sort: str) -> HttpResponse:
        placement = self._shown(request, placement_id)
        if sort not in FILES:
            raise Http404
        kind, make = FILES[sort]
        name = f"{placement.channel.slug}-{placement.code}.{sort}"
        body = make(placements.address(placement))
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(body, content_type=kind, headers=disposition)

    def print_view(self, request: HttpRequest, placement_id: int) -> HttpResponse:
        placement = self._shown(request, placement_id)
        try:
            return printing.page(request, placement)
        except wording.NoWording:
            messages.error(request, "Publish the channel's wording first: a printed page shows it.")
            return HttpResponseRedirect(reverse("admin:optins_placement_change", args=[placement.pk]))

    def _shown(self, request: HttpRequest, placement_id: int) -> Placement:
        placement = get_object_or_404(self.get_queryset(request), pk=placement_id)
        if not self.has_view_permission(request, placement):
            raise PermissionDenied
        return placement


def _context(placement: Placement) -> dict[str, Any]:
    kind = registry.kind_of(placement.channel)
    return {
        "placement": placement,
        "has_code": bool(kind and kind.page) or placements.opens_whatsapp(placement),
        "opens_whatsapp": placements.opens_whatsapp(placement),
        "words": placements.words(placement),
        "qr": code_element(placement),
        "address": placements.readable_address(placement),
        "languages": [(row.language, texts.name(row.language)) for row in printing.languages(placement)],
        "sizes": printing.SIZES,
        "chart": openings.chart(placement, timezone.now()),
    }
