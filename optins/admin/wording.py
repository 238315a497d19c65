"""The versions of notices: what people are shown, from draft to published."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from optins import audit, roles
from optins.admin import wording_page
from optins.admin.base import ReadOnlyAdmin, visible
from optins.admin.columns import badge_of
from optins.admin.wording_editor import Editor
from optins.admin.wording_files import Files
from optins.admin.wording_forms import NewVersionForm
from optins.admin.wording_screen import me
from optins.admin.wording_steps import Steps
from optins.consent import publishing
from optins.models import AuditEntry, Notice, NoticeVersion


@admin.register(NoticeVersion)
class NoticeVersionAdmin(Editor, Steps, Files, ReadOnlyAdmin):
    section = "wording"
    place = 2
    label = "Versions"
    help = "Each wording of a notice: written, checked, approved by another person, and kept as it was."
    empty = "No version yet. Add one: it begins with a starter wording in ten languages."
    list_display = ("__str__", badge_of("status", wording_page.TONES), "change", "author", "published_at")
    list_filter = ("status", "notice")
    list_select_related = ("notice", "author")

    def get_urls(self) -> list[Any]:
        def address(name: str, view: Callable[..., HttpResponse]) -> Any:
            full = f"optins_noticeversion_{name}"
            return path(f"<int:version_id>/{name}/", self.admin_site.admin_view(view), name=full)

        return [
            address("edit", self.edit_view),
            address("check", self.check_view),
            address("remove", self.remove_view),
            address("submit", self.submit_view),
            address("back", self.back_view),
            address("approve", self.approve_view),
            address("retire", self.retire_view),
            address("diff", self.diff_view),
            address("preview", self.preview_view),
            address("file", self.file_view),
            address("upload", self.upload_view),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return roles.may_somewhere(request.user, "add_noticeversion")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A new version of a notice: a copy of what is published."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        notices = visible(Notice.objects.all(), request, "add_noticeversion")
        posted = request.POST if request.method == "POST" else None
        form = NewVersionForm(notices, posted, initial={"notice": request.GET.get("notice", "")})
        if posted is not None and form.is_valid():
            return self._begin(request, form.cleaned_data["notice"])
        return self.page(request, "new", {"title": "A new version", "form": form})

    def _begin(self, request: HttpRequest, notice: Notice) -> HttpResponse:
        try:
            draft = publishing.new_draft(notice, me(request))
        except publishing.NotNow as error:
            self.message_user(request, str(error), "ERROR")
            newest = notice.versions.order_by("-number")[0]
            return HttpResponseRedirect(self.address_of(newest))
        detail = {"added": "noticeversion"}
        audit.note(request.user, notice.organisation_id, AuditEntry.Action.CHANGED, draft, detail=detail)
        return HttpResponseRedirect(self.address_of(draft))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The version's own page: its languages, what the check says, and the next step."""
        version = self.get_object(request, object_id)
        if version is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if request.method != "GET" or not self.has_view_permission(request, version):
            raise PermissionDenied
        return self.page(request, "version", wording_page.context(request, version))

    def diff_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        version = self.version(request, version_id, "view_noticeversion")
        return self.page(request, "diff", wording_page.difference(version))

    def preview_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """As people would see it. Nothing is collected here."""
        version = self.version(request, version_id, "view_noticeversion")
        return self.page(
            request, "preview", wording_page.preview(request, version, request.GET.get("lang", ""))
        )
