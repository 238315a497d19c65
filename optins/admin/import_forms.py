"""The forms of an import: the file, its columns, a rejection."""

from typing import Any

from django import forms

from optins import audit, roles
from optins.imports import columns, formats
from optins.imports.errors import FileError
from optins.models import CaptureChannel, Purpose

_ATTESTATION_HELP = (
    "How these people agreed, and who vouches for it: for example “Paper forms at the front desk, March to "
    "May 2026, kept in the archive; P. Dlamini”. A file of stops needs none, nor one with an evidence column."
)


class UploadForm(forms.Form):
    """A file, where it was collected, and who vouches for it."""

    channel = forms.ModelChoiceField(
        CaptureChannel.objects.none(),
        label="Where were they collected?",
        help_text="The channel whose wording these people were shown, or that is closest to it.",
    )
    file = forms.FileField(
        label="File",
        help_text="CSV in any usual encoding, or XLSX: up to 20,000 rows and 10 MB, headings first.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    attestation = forms.CharField(
        label="How did they agree?",
        required=False,
        max_length=2000,
        help_text=_ATTESTATION_HELP,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = CaptureChannel.objects.filter(organisation__in=roles.reach(user, "import"), is_active=True)
        field = self.fields["channel"]
        field.queryset = rows.select_related("organisation")  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """The file's bytes are in ``content`` then; a file that cannot be read is refused here."""
        file = self.cleaned_data["file"]
        if file.size > formats.LARGEST_FILE:
            raise forms.ValidationError("The file is larger than 10 MB. Split it.")
        self.content: bytes = file.read()
        try:
            formats.read(self.content)
        except FileError as error:
            raise forms.ValidationError(str(error)) from error
        return file


class ColumnsForm(forms.Form):
    """Which of the file's columns is which of ours; or one value for all rows."""

    def __init__(self, headings: list[str], purposes: list[Purpose], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = [(heading, heading) for heading in dict.fromkeys(headings) if heading]
        for name in columns.COLUMNS:
            groups: list[Any] = [("", "– not in the file –"), ("Columns of the file", theirs)]
            if fixed := _fixed(name, purposes):
                groups.append(("The same for every row", fixed))
            self.fields[name] = forms.ChoiceField(
                choices=groups,
                label=LABELS[name],
                required=name in columns.REQUIRED,
                help_text=columns.HELP[name],
                error_messages={"required": "Say which column of the file this is."},
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        taken: dict[str, str] = {}
        for name, heading in list(values.items()):
            if heading and heading in taken and not heading.startswith("="):
                self.add_error(name, f"This column is already taken for “{LABELS[taken[heading]]}”.")
            taken.setdefault(heading, name)
        return values

    @property
    def mapping(self) -> dict[str, str]:
        return {name: text for name, text in self.cleaned_data.items() if text}


LABELS = {
    "phone": "Phone number",
    "status": "What they said",
    "purposes": "About what",
    "occurred_at": "When",
    "language": "Language",
    "source": "Source",
    "evidence": "Evidence",
}


def _fixed(name: str, purposes: list[Purpose]) -> list[tuple[str, str]]:
    """Values that may hold for a whole file."""
    if name == "status":
        return [("=withdrawn", "All of them said stop"), ("=given", "All of them agreed")]
    if name == "purposes":
        return [("=all", "Everything"), *((f"={purpose.key}", str(purpose)) for purpose in purposes)]
    return []


class RejectForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label="Why?",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=audit.ADVICE,
        error_messages={"required": "Say why: whoever uploaded it has to know what to mend."},
    )
