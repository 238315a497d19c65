"""The forms of a notice version: one language of it, the steps of its life, a file from an agency."""

from typing import Any

from django import forms

from optins import audit
from optins.consent import language_tags, texts
from optins.consent.wording_files import MOST_BYTES
from optins.models import Notice, NoticeTranslation, NoticeVersion, Purpose

LABELS = {
    "title": "Title",
    "body": "What it is about",
    "stop": "How to stop",
    "privacy": "Privacy notice",
    "details": "Small print",
    "sentence": "The sentence that people send",
}
_LONG = {"body": 4, "stop": 2, "privacy": 2, "details": 8, "sentence": 2}


def is_language(code: str) -> bool:
    """Whether it may be the code of a language: ``pt-BR``."""
    return code.partition("-")[0].islower() and language_tags.is_tag(code)


class TranslationForm(forms.Form):
    """One translation, with a line for each purpose. ``read_by_native_speaker`` is for staff alone."""

    def __init__(self, row: NoticeTranslation, purposes: list[Purpose], *args: Any) -> None:
        self.row, self.all_purposes = row, purposes
        super().__init__(args[0] if args else None, initial=self._values(row))
        for name in ("title", "body"):
            self._add(name)
        for purpose in purposes:
            label = f"The box for: {purpose.title('en')}"
            self._line(f"purpose-{purpose.key}", label, "What somebody agrees to by ticking it.")
        for name in ("stop", "privacy", "details", "sentence"):
            self._add(name)
        self.fields["read_by_native_speaker"] = forms.BooleanField(
            label="Read by a native speaker", required=False, help_text="Tick it only for this very wording."
        )

    def _add(self, name: str) -> None:
        field: Any = NoticeTranslation._meta.get_field(name)
        self._line(name, LABELS[name], field.help_text, rows=_LONG.get(name, 1), longest=field.max_length)

    def _line(
        self, name: str, label: str, help_text: str, *, rows: int = 2, longest: int | None = None
    ) -> None:
        about = {"lang": self.row.language, "dir": texts.direction(self.row.language), "spellcheck": "true"}
        widget: Any = forms.TextInput(about) if rows == 1 else forms.Textarea({**about, "rows": rows})
        # What is missing is for the check to say: a draft may be saved as far as it goes.
        self.fields[name] = forms.CharField(
            label=label, help_text=help_text, required=False, widget=widget, max_length=longest
        )

    @staticmethod
    def _values(row: NoticeTranslation) -> dict[str, Any]:
        own = {name: getattr(row, name) for name in (*LABELS, "read_by_native_speaker")}
        return own | {f"purpose-{key}": line for key, line in (row.purposes or {}).items()}

    def filled(self) -> NoticeTranslation:
        """The translation with what was typed, as far as it fits; not saved."""
        self.full_clean()
        values = {name: _one_kind_of_line(value) for name, value in self.cleaned_data.items()}
        for name in (*LABELS, "read_by_native_speaker"):
            setattr(self.row, name, values.get(name, "" if name in LABELS else False))
        lines = {purpose.key: values.get(f"purpose-{purpose.key}", "") for purpose in self.all_purposes}
        self.row.purposes = {key: line for key, line in lines.items() if line}
        return self.row


def _one_kind_of_line(value: Any) -> Any:
    """Browsers send lines that end with a carriage return; on record they end as they are written."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class NewVersionForm(forms.Form):
    """Of which notice there is to be a new version."""

    notice = forms.ModelChoiceField(
        Notice.objects.none(), help_text="The new version begins with the wording that is published."
    )

    def __init__(self, notices: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["notice"]
        field.queryset = notices


class HandInForm(forms.Form):
    """Whether earlier consents stand."""

    change = forms.ChoiceField(
        label="Do earlier consents stand?",
        choices=[
            (NoticeVersion.Change.MINOR, "Yes: it says the same in other words"),
            (
                NoticeVersion.Change.MAJOR,
                "No: nothing more is sent to whoever agreed before, until they agree anew",
            ),
        ],
        widget=forms.RadioSelect,
    )


class SendBackForm(forms.Form):
    """What is to be changed."""

    reason = forms.CharField(label="What is to be changed?", max_length=200, help_text=audit.ADVICE)


class FileForm(forms.Form):
    """A translation that comes back."""

    file = forms.FileField(
        label="Translated file (.po)", widget=forms.ClearableFileInput(attrs={"accept": ".po,.txt"})
    )

    def clean_file(self) -> bytes:
        content: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return content
