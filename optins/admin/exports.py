"""Taking contacts, records or events out: with permission, with a reason, and noted."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone

from optins import audit, roles
from optins.imports import formats
from optins.imports.exports import EXPORTS, exported
from optins.models import AuditEntry, Organisation

_TYPES = {"csv": formats.Csv.CONTENT_TYPE, "xlsx": formats.Xlsx.CONTENT_TYPE}
_FORMATS = [("csv", "CSV"), ("xlsx", "Excel (XLSX)")]
_WHAT = [(key, what.label) for key, what in EXPORTS.items()]


class ExportForm(forms.Form):
    """What, as which file, and why."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), empty_label=None)
    what = forms.ChoiceField(choices=_WHAT, widget=forms.RadioSelect, initial="records")
    file_format = forms.ChoiceField(label="File", choices=_FORMATS, widget=forms.RadioSelect, initial="csv")
    reason = forms.CharField(
        label="Why do you need it?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=audit.ADVICE,
        error_messages={"required": "Say why: an export leaves Sayso’s protection."},
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(pk__in=roles.reach(user, "export"))
        self.fields["organisation"].queryset = rows  # type: ignore[attr-defined]
        self.fields["organisation"].initial = rows.first()


def answer(
    user: Any, *, organisation: Organisation, what: str, file_format: str, reason: str
) -> HttpResponse:
    """The file. It is noted before it is given out."""
    dataset = exported(what, organisation, see_numbers=roles.may(user, "see_numbers", organisation))
    detail = {"what": what, "format": file_format, "rows": dataset.height}
    audit.note(user, organisation, AuditEntry.Action.EXPORTED, reason=reason, detail=detail)
    content = formats.file_of(dataset, xlsx=file_format == "xlsx", mark=True)
    return file_answer(content, f"{organisation.slug}-{what}-{timezone.now():%Y-%m-%d}.{file_format}")


def file_answer(content: bytes, name: str) -> HttpResponse:
    """A download that no cache keeps. ``name`` is made of our own words alone."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=_TYPES[name.rpartition(".")[2]], headers=headers)
