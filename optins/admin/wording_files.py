"""A translation file out to an agency, and back into a draft."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify

from optins import audit
from optins.admin.wording_forms import FileForm, is_language
from optins.admin.wording_screen import WordingScreen
from optins.consent import wording_facts, wording_files
from optins.models import AuditEntry, NoticeTranslation, NoticeVersion

Action = AuditEntry.Action


class Files(WordingScreen):
    def file_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """``?lang=`` as a PO file, with ``?source=`` as its source text."""
        version = self.version(request, version_id, "change_noticeversion")
        source, code = _source(version, request.GET.get("source", "")), request.GET.get("lang", "")
        if source is None or not is_language(code):
            return self.back_to(version)
        target = version.translations.filter(language=code).first()
        content = wording_files.export(
            wording_facts.wording_of(source),
            wording_facts.wording_of(target) if target else None,
            code,
            name=str(version),
        )
        audit.note(
            request.user,
            version.notice.organisation_id,
            Action.EXPORTED,
            version,
            detail={"what": f"{code}.po"},
        )
        answer = HttpResponse(content, content_type="text/x-gettext-translation; charset=utf-8")
        name = f"{slugify(str(version))}-{code}.po"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def upload_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """The file comes back: it replaces the language in the draft, or is refused with a reason."""
        version = self.draft(request, version_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        code, form = request.POST.get("lang", ""), FileForm(request.POST, request.FILES)
        source = _source(version, request.POST.get("source", ""))
        if source is None or not is_language(code) or not form.is_valid():
            self.message_user(request, "Choose the file that came back.", "ERROR")
            return self.back_to(version)
        try:
            wording = wording_files.take_back(
                form.cleaned_data["file"], wording_facts.wording_of(source), code
            )
        except wording_files.FileError as error:
            self.message_user(request, str(error), "ERROR")
        else:
            _replace(version, code, {name: getattr(wording, name) for name in wording_facts.FIELDS})
            detail = {"fields": [f"{code}: from a file"]}
            audit.note(request.user, version.notice.organisation_id, Action.CHANGED, version, detail=detail)
            self.message_user(request, "Taken back. Read what the check says of it.")
        edit = reverse("admin:optins_noticeversion_edit", args=[version.pk])
        return HttpResponseRedirect(f"{edit}?lang={code}")


def _source(version: NoticeVersion, code: str) -> NoticeTranslation | None:
    rows = {row.language: row for row in version.translations.all()}
    return rows.get(code) or rows.get("en") or next(iter(rows.values()), None)


def _replace(version: NoticeVersion, code: str, values: dict[str, object]) -> None:
    row = version.translations.filter(language=code).first() or NoticeTranslation(
        version=version, language=code
    )
    for name, value in {**values, "read_by_native_speaker": False}.items():
        setattr(row, name, value)
    row.save()
