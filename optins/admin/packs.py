"""The receipt as the person sees it, and the evidence pack of one person. Packs of many: ``many_packs``."""

from typing import Any

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from optins import audit, roles
from optins.admin.base import ReadOnlyAdmin
from optins.admin.eyes import Eyes, reference
from optins.admin.pages import page
from optins.consent import evidence_pack
from optins.models import AuditEntry, Contact
from optins.pages import own_context

Action = AuditEntry.Action
ANYONE, PERSON = "anyone", "person"
_LEAD = "All that proves what {} agreed to, in one file that anybody can check offline."
_NOTE = mark_safe(
    "The pack holds the person’s number and messages. Who has it, unzips it and runs "
    "<code>python verify.py</code>: it says what is proved and what is not."
)


class ReasonForm(forms.Form):
    """Why it is needed."""

    reason = forms.CharField(
        label="Why do you need it?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=audit.ADVICE,
        error_messages={"required": "Say why: a pack leaves Sayso’s protection."},
    )


class PackForm(ReasonForm):
    """For whom the pack is, and why."""

    copy = forms.ChoiceField(
        label="Who is it for?",
        choices=[
            (ANYONE, "A regulator, a court, WhatsApp: everything that is kept"),
            (PERSON, "The person: without what others wrote, because it may name others"),
        ],
        widget=forms.RadioSelect,
        initial=ANYONE,
    )
    field_order = ("copy", "reason")

    @property
    def for_person(self) -> bool:
        return bool(self.cleaned_data["copy"] == PERSON)


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
        known_as = Eyes.of(request.user, contact.organisation).known_as(contact) or "this person"
        values = {
            "title": "Evidence pack",
            "back": reverse("admin:optins_contact_change", args=[contact.pk]),
            "back_name": f"Person {reference(contact.uuid)}",
            "lead": format_html(_LEAD, known_as),
            "button": "Make the pack",
            "note": _NOTE,
            "form": form,
        }
        return page(self, request, "admin/ask.html", **values)


def _pack(request: HttpRequest, contact: Contact, form: PackForm) -> HttpResponse:
    detail = {"what": "evidence pack", "copy": form.cleaned_data["copy"]}
    reason, now = form.cleaned_data["reason"], timezone.now()
    audit.note(request.user, contact.organisation_id, Action.EXPORTED, contact, reason=reason, detail=detail)
    asked = evidence_pack.Asked(contact.organisation, now, form.for_person)
    name = f"evidence-{reference(contact.uuid)}-{now:%Y-%m-%d}.zip"
    return HttpResponse(evidence_pack.pack(contact, asked), headers=headers(name))


def headers(name: str) -> dict[str, str]:
    """A download that no cache keeps. ``name`` is made of our own words alone."""
    return {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
