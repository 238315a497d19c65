"""What somebody said of their own age and residence, written down by staff. The gate uses both at once."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from optins import audit, roles, tasks
from optins.admin.base import ReadOnlyAdmin
from optins.admin.eyes import Eyes, reference
from optins.admin.pages import page
from optins.consent import countries, desired
from optins.models import AuditEntry, Contact

_LEAD = "For {}. Write down only what they said themselves: the law where they live and their age decide."
# What the audit calls each: never its value.
_NAMES = {"country": "country of residence", "age_band": "age"}


class DeclaredForm(forms.Form):
    """Country and age as they declared them, and where they did."""

    country = forms.ChoiceField(
        label="Where do they live?",
        required=False,
        choices=lambda: [("", "They did not say: by their number"), *countries.names().items()],
    )
    age_band = forms.ChoiceField(
        label="How old are they?",
        required=False,
        choices=[
            (Contact.AgeBand.UNKNOWN, "They did not say"),
            (Contact.AgeBand.ADULT, "Of age"),
            (Contact.AgeBand.MINOR, "Under age: a parent or guardian decides"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Where and when did they say so?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=audit.ADVICE,
        error_messages={"required": "Say where and when they said so."},
    )


def may_declare(user: Any, contact: Contact) -> bool:
    return roles.may(user, "change_contact", contact.organisation) and not contact.erased_at


def declared_view(admin: ReadOnlyAdmin, request: HttpRequest, contact_id: int) -> HttpResponse:
    """The form, and the change with its reason."""
    contact = get_object_or_404(admin.get_queryset(request), pk=contact_id)
    if not may_declare(request.user, contact):
        raise PermissionDenied
    before = {"country": contact.country, "age_band": contact.age_band}
    form = DeclaredForm(request.POST if request.method == "POST" else None, initial=before)
    back = reverse("admin:optins_contact_change", args=[contact.pk])
    if form.is_valid():
        declare(contact, request.user, form.cleaned_data, timezone.now())
        messages.success(request, "Written down. The gate answers by it from now on.")
        return HttpResponseRedirect(back)
    known_as = Eyes.of(request.user, contact.organisation).known_as(contact) or "this person"
    values = {
        "title": "Age and residence",
        "lead": format_html(_LEAD, known_as),
        "back": back,
        "back_name": f"Person {reference(contact.uuid)}",
        "button": "Write it down",
        "form": form,
    }
    return page(admin, request, "admin/ask.html", **values)


@transaction.atomic
def declare(contact: Contact, user: Any, said: dict[str, str], now: datetime) -> None:
    """Set both, note which of them changed and why, and bring each sender's state in line."""
    row = Contact.objects.select_for_update().select_related(None).get(pk=contact.pk)
    changed = [field for field in _NAMES if getattr(row, field) != said[field]]
    for field in changed:
        setattr(row, field, said[field])
    row.save(update_fields=changed)
    detail = {"fields": [_NAMES[field] for field in changed]}
    audit.note(user, row.organisation_id, AuditEntry.Action.CHANGED, row, said["reason"], detail)
    desired.refresh(row, now)
    transaction.on_commit(tasks.nudge)
