"""The receipt as the person sees it, and evidence packs: of one person, or of everybody by a channel."""

from typing import Any

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator

from optins import audit, roles
from optins.admin.base import ReadOnlyAdmin
from optins.admin.eyes import Eyes, reference
from optins.consent import evidence_pack
from optins.models import AuditEntry, CaptureChannel, Contact, Placement
from optins.pages import own_context

Action = AuditEntry.Action
ANYONE, PERSON = "anyone", "person"


class PackForm(forms.Form):
    """For whom the pack is, and why."""

    copy = forms.ChoiceField(
        label="Who is it for?",
        choices=[
            (ANYONE, "A regulator, a court, WhatsApp: everything that is kept"),
            (PERSON, "The person: without what staff wrote, because it may name others"),
        ],
        widget=forms.RadioSelect,
        initial=ANYONE,
    )
    reason = forms.CharField(
        label="Why do you need it?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Kept in the audit with your name, for as long as the audit is.",
        error_messages={"required": "Say why: a pack leaves Sayso’s protection."},
    )

    @property
    def for_person(self) -> bool:
        return bool(self.cleaned_data["copy"] == PERSON)


class PacksForm(forms.Form):
    """Whose packs, of those whose acts came by one channel, and why."""

    source = forms.ModelChoiceField(
        Placement.objects.none(), required=False, empty_label="All of them", label="Which source?"
    )
    reason = PackForm.base_fields["reason"]

    def __init__(self, channel: CaptureChannel, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Placement.objects.filter(channel=channel).order_by("label")
        self.fields["source"].queryset = rows  # type: ignore[attr-defined]


class PackViews(ReadOnlyAdmin):
    """What the person's page leads to: the receipt, and the evidence pack."""

    def pack_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:contact_id>/receipt/", view(self.receipt_view), name="optins_contact_receipt"),
            path("<int:contact_id>/pack/", view(self.pack_view), name="optins_contact_pack"),
        ]

    @method_decorator(csp_update({"style-src": [SELF, NONCE]}))
    def receipt_view(self, request: HttpRequest, contact_id: int) -> HttpResponse:
        """As the person sees it; without the link to their own page, which is theirs alone."""
        contact = get_object_or_404(self.get_queryset(request), pk=contact_id)
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        audit.note(request.user, contact.organisation_id, Action.VIEWED, contact, detail={"what": "receipt"})
        values = own_context.context(request, contact, timezone.now())
        answer = render(request, "own/receipt.html", {**values, "contact_id": contact.pk})
        answer["Cache-Control"] = "no-store"
        return answer

    def pack_view(self, request: HttpRequest, contact_id: int) -> HttpResponseBase:
        """Asks why, notes it, and gives the pack."""
        contact = get_object_or_404(self.get_queryset(request), pk=contact_id)
        if not roles.may(request.user, "see_evidence", contact.organisation):
            raise PermissionDenied
        form = PackForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return _pack(request, contact, form)
        eyes = Eyes.of(request.user, contact.organisation)
        values = {
            "title": "Evidence pack",
            "contact": contact,
            "reference": reference(contact.uuid),
            "known_as": eyes.known_as(contact),
            "form": form,
        }
        return page_of(self, request, "person", values)


def _pack(request: HttpRequest, contact: Contact, form: PackForm) -> HttpResponse:
    detail = {"what": "evidence pack", "copy": form.cleaned_data["copy"]}
    reason, now = form.cleaned_data["reason"], timezone.now()
    audit.note(request.user, contact.organisation_id, Action.EXPORTED, contact, reason=reason, detail=detail)
    asked = evidence_pack.Asked(contact.organisation, now, form.for_person)
    name = f"evidence-{reference(contact.uuid)}-{now:%Y-%m-%d}.zip"
    return HttpResponse(evidence_pack.pack(contact, asked), headers=_headers(name))


def channel_packs_view(admin: Any, request: HttpRequest, channel_id: int) -> HttpResponseBase:
    """One zip of packs, streamed; for whoever may both see evidence and export."""
    channel = get_object_or_404(admin.get_queryset(request), pk=channel_id)
    if not may_pack(request.user, channel):
        raise PermissionDenied
    form = PacksForm(channel, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _packs(request, channel, form)
    people = evidence_pack.contacts_by(channel).count()
    values = {"title": "Evidence packs", "channel": channel, "form": form, "people": people}
    return page_of(admin, request, "channel", values)


def may_pack(user: Any, channel: CaptureChannel) -> bool:
    return all(roles.may(user, needed, channel.organisation) for needed in ("see_evidence", "export"))


def _packs(request: HttpRequest, channel: CaptureChannel, form: PacksForm) -> StreamingHttpResponse:
    source, now = form.cleaned_data["source"], timezone.now()
    contacts = evidence_pack.contacts_by(channel, source)
    detail = {"what": "evidence packs", "source": source.code if source else "", "people": contacts.count()}
    reason = form.cleaned_data["reason"]
    audit.note(request.user, channel.organisation_id, Action.EXPORTED, channel, reason=reason, detail=detail)
    asked = evidence_pack.Asked(channel.organisation, now)
    packs = evidence_pack.packs(contacts.iterator(chunk_size=100), asked)
    name = f"evidence-{channel.slug}{f'-{source.code}' if source else ''}-{now:%Y-%m-%d}.zip"
    return StreamingHttpResponse(evidence_pack.streamed(packs, now), headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    """A download that no cache keeps. ``name`` is made of our own words alone."""
    return {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }


def page_of(admin: Any, request: HttpRequest, name: str, values: dict[str, Any]) -> TemplateResponse:
    own = {"opts": admin.opts, "media": admin.media}
    context = {**admin.admin_site.each_context(request), **own, **values}
    return TemplateResponse(request, f"admin/packs/{name}.html", context)
