"""Official opt-out lists: uploaded with their date, in the place of the one before."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from optins.admin.base import ScopedAdmin
from optins.admin.columns import badge
from optins.consent import numbers, registries
from optins.models import OptOutRegistry, Organisation


class RegistryForm(forms.ModelForm):
    """The list's name, its date and its numbers."""

    file = forms.FileField(
        label="The list",
        help_text="A text or CSV file with one number on each line, in its first column. Numbers without a "
        "country code are read as of the organisation's own country. Only digests of them are kept.",
    )

    class Meta:
        model = OptOutRegistry
        fields = ("organisation", "name", "listed_on")

    def clean_listed_on(self) -> Any:
        listed_on = self.cleaned_data["listed_on"]
        if listed_on > timezone.localdate():
            raise forms.ValidationError("This date is still to come.")
        if self.instance.pk and listed_on < OptOutRegistry.objects.get(pk=self.instance.pk).listed_on:
            raise forms.ValidationError("This list is older than the one there is.")
        return listed_on

    def clean(self) -> dict[str, Any]:
        """Read the numbers here, so that a file without any is refused like any other mistake."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        organisation = found.get("organisation") or (self.instance.organisation if self.instance.pk else None)
        if organisation and (file := found.get("file")):
            self.numbers, self.unread = read(file, organisation)
            if not self.numbers:
                self.add_error("file", "There is no phone number in the first column of this file.")
        return found


def read(file: UploadedFile, organisation: Organisation) -> tuple[list[str], int]:
    """The numbers of a list in E.164, and how many of its lines hold none (headings, blanks, mistakes)."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    found, unread = [], 0
    for cell in _first_cells(text):
        try:
            found.append(numbers.read(cell, organisation.country))
        except numbers.NumberError:
            unread += 1
    text.detach()
    return found, unread


def _first_cells(text: io.TextIOWrapper) -> Iterator[str]:
    for row in csv.reader(line.replace("\0", "") for line in text):
        if row and row[0].strip():
            # Spreadsheets write 27820000101 for +27820000101; so do registries.
            cell = row[0].strip()
            yield f"+{cell}" if cell.isdigit() and len(cell) > 10 and not cell.startswith("0") else cell


@admin.register(OptOutRegistry)
class OptOutRegistryAdmin(ScopedAdmin):
    section = "people"
    place = 8
    label = "Opt-out lists"
    help = "Official lists of people who want no marketing. Upload each of them anew every month."
    empty = "No list yet. Where a law keeps one, upload it before you send marketing."
    form = RegistryForm
    list_display = ("name", "organisation", "listed_on", "state", "numbers", "uploaded_at", "uploaded_by")
    list_select_related = ("organisation", "uploaded_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("organisation", "name", "numbers", "uploaded_at", "uploaded_by")

    @admin.display(description="State")
    def state(self, registry: OptOutRegistry) -> SafeString:
        if registries.is_outdated(registry, timezone.localdate()):
            return badge("Ask for a newer one", "bad")
        return badge("Fresh", "good")

    def save_model(self, request: HttpRequest, obj: OptOutRegistry, form: Any, change: bool) -> None:
        now = timezone.now()
        uploader: Any = request.user
        obj.uploaded_at, obj.uploaded_by = now, uploader
        super().save_model(request, obj, form, change)
        done = registries.replace(obj, form.numbers, now=now)
        changed = f"{done.new} new, {done.gone} gone, {done.stopped} people stopped"
        told = f"{done.listed} numbers on the list: {changed}."
        messages.info(request, f"{told} {form.unread} lines held no number." if form.unread else told)
