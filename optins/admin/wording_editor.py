"""Writing one language of a draft, with the check beside it: live with scripts, by a button without."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse

from optins import audit
from optins.admin import wording_law, wording_page
from optins.admin.wording_forms import FileForm, TranslationForm, is_language
from optins.admin.wording_page import Row
from optins.admin.wording_screen import WordingScreen
from optins.consent import wording_facts
from optins.models import AuditEntry, NoticeTranslation, NoticeVersion

_FIELDS = (*wording_facts.FIELDS, "read_by_native_speaker")


class Editor(WordingScreen):
    def edit_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """GET shows one language (``?lang=``); POST saves it, or with ``check`` only says what is missing."""
        version = self.draft(request, version_id)
        row = _row(version, _language(request, version))
        form = _form(request, version, row)
        if request.method == "POST":
            row = form.filled()
            if form.is_valid() and "check" not in request.POST:
                self._save(request, version, row)
                self.message_user(request, f"Saved: {wording_page.english_name(row.language)}.")
                return self.back_to(version, f"#{row.language}")
        return self.page(request, "edit", self._values(version, row, form))

    def check_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """What the check says of what was typed, as a part of a page; saves nothing."""
        version = self.draft(request, version_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = _form(request, version, _row(version, _language(request, version))).filled()
        return TemplateResponse(request, "admin/wording/check.html", {"row": _checked(version, row)})

    def remove_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Take one language out of the draft."""
        version = self.draft(request, version_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        code = request.POST.get("lang", "")
        if version.translations.filter(language=code).delete()[0]:
            self._note(request, version, [f"{code}: removed"])
            self.message_user(request, f"Removed: {wording_page.english_name(code)}.")
        return self.back_to(version)

    def _values(
        self, version: NoticeVersion, row: NoticeTranslation, form: TranslationForm
    ) -> dict[str, Any]:
        checked = _checked(version, row)
        return {
            "version": version,
            "title": checked.name,
            "beneath": True,
            "row": checked,
            "packs": wording_law.packs(version),
            "form": form,
            "is_new": row.pk is None,
            "file_form": FileForm(),
            "sources": [one for one in wording_page.translations_of(version) if one.language != row.language],
        }

    @transaction.atomic
    def _save(self, request: HttpRequest, version: NoticeVersion, row: NoticeTranslation) -> None:
        before = NoticeTranslation.objects.filter(pk=row.pk).first()
        changed = [name for name in _FIELDS if before is None or getattr(before, name) != getattr(row, name)]
        if changed:
            row.save()
            self._note(request, version, [f"{row.language}: {name}" for name in changed])

    def _note(self, request: HttpRequest, version: NoticeVersion, fields: list[str]) -> None:
        organisation = version.notice.organisation_id
        audit.note(request.user, organisation, AuditEntry.Action.CHANGED, version, detail={"fields": fields})


def _language(request: HttpRequest, version: NoticeVersion) -> str:
    """``lang`` of the address, else the organisation's usual one."""
    usual = (version.notice.organisation.languages or ["en"])[0]
    code = request.GET.get("lang", usual)
    if not is_language(code):
        raise Http404
    return code


def _row(version: NoticeVersion, language: str) -> NoticeTranslation:
    """The translation; where there is none yet, a starter wording or an empty page."""
    row = version.translations.filter(language=language).first()
    if row is None:
        try:
            row = wording_facts.starter(version.notice, language)
        except LookupError:
            row = NoticeTranslation(language=language, purposes={})
        row.version = version
    return row


def _form(request: HttpRequest, version: NoticeVersion, row: NoticeTranslation) -> TranslationForm:
    purposes = wording_facts.purposes_of(version.notice)
    return TranslationForm(row, purposes, *([request.POST] if request.method == "POST" else []))


def _checked(version: NoticeVersion, row: NoticeTranslation) -> Row:
    """The translation, saved or not, checked among the languages of its version."""
    others = [one for one in version.translations.all() if one.language != row.language]
    return Row(
        row, wording_facts.findings_in(version.notice, [*others, row], only=row.language)[row.language]
    )
