"""Imports: upload, columns and preview, approval by another person, and what became of each row."""

from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from optins import audit, roles
from optins.admin import exports, import_page
from optins.admin.base import ReadOnlyAdmin, visible
from optins.admin.import_forms import ColumnsForm, RejectForm, UploadForm
from optins.admin.steps import Noted, take
from optins.imports import batches, formats
from optins.imports.batches import NotNow
from optins.imports.columns import HELP
from optins.imports.errors import FileError
from optins.imports.refused import name_of, refused_rows
from optins.models import AuditEntry, ImportBatch, Purpose

Action = AuditEntry.Action


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    section = "people"
    place = 5
    label = "Imports"
    help = "Consents and stops from elsewhere, as files. A second person approves each before it is recorded."
    empty = "No file yet. Begin with those who said stop elsewhere: a list of their numbers is enough."
    list_display = ("file_name", "channel", "rows", "state_badge", "uploaded", "decided_by")
    list_filter = ("state", "channel")
    list_select_related = ("channel", "organisation", "uploaded_by", "decided_by")
    change_list_template = "admin/imports/list.html"

    def get_urls(self) -> list[Any]:
        def address(name: str, view: Callable[..., HttpResponse], row: str = "<int:batch_id>/") -> Any:
            return path(f"{row}{name}/", self.admin_site.admin_view(view), name=f"optins_importbatch_{name}")

        return [
            address("export", self.export_view, row=""),
            address("columns", self.columns_view),
            address("submit", self.submit_view),
            address("approve", self.approve_view),
            address("reject", self.reject_view),
            address("refused", self.refused_view),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("content")

    @admin.display(description="Rows")
    def rows(self, batch: ImportBatch) -> int:
        return sum(batch.counts.values())

    @admin.display(description="State", ordering="state")
    def state_badge(self, batch: ImportBatch) -> SafeString:
        return import_page.state_badge(batch)

    @admin.display(description="Uploaded", ordering="uploaded_at")
    def uploaded(self, batch: ImportBatch) -> SafeString:
        when = localtime(batch.uploaded_at, ZoneInfo(batch.organisation.time_zone))
        who = batch.uploaded_by or batch.operator
        return format_html("{}, {}", who, date_format(when, "j F Y, H:i"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return roles.may_somewhere(request.user, "import")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        own = {"may_export": roles.may_somewhere(request.user, "export")}
        return super().changelist_view(request, {**(extra_context or {}), **own})

    # Step one: the file

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_post = request.method == "POST"
        form = UploadForm(request.user, *((request.POST, request.FILES) if is_post else ()))
        if is_post and form.is_valid():
            return _page_of(self._uploaded(request, form))
        context = {"title": "Upload a file", "form": form, "steps": import_page.first_step(), "columns": HELP}
        return self._page(request, "upload", context)

    def _uploaded(self, request: HttpRequest, form: UploadForm) -> ImportBatch:
        now = timezone.now()
        batch = batches.upload(
            channel=form.cleaned_data["channel"],
            content=form.content,
            file_name=form.cleaned_data["file"].name,
            now=now,
            attestation=form.cleaned_data["attestation"],
            uploaded_by=request.user,
        )
        try:
            return batches.preview(batch, batch.mapping, now)
        except FileError:
            # Its headings do not say enough: the next page asks.
            return batch

    # Step two: its columns, and what it would do

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        batch = self.get_object(request, object_id)
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if request.method != "GET" or not self.has_view_permission(request, batch):
            raise PermissionDenied
        return self._batch_page(request, batch)

    def columns_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._own_draft(request, batch_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            headings = formats.read(bytes(batch.content)).headers
            purposes = list(Purpose.objects.filter(organisation=batch.organisation_id))
            form = ColumnsForm(headings, purposes, request.POST)
            if not form.is_valid():
                return self._batch_page(request, batch, form)
            batches.preview(batch, form.mapping, timezone.now())
        except (FileError, NotNow) as error:
            messages.error(request, str(error))
        return _page_of(batch, "#preview")

    def submit_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._own_draft(request, batch_id)
        return self._decide(request, batch, partial(batches.hand_in, batch), Action.IMPORTED, "Handed in.")

    # Step three: another person

    def approve_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._batch(request, batch_id, "approve")
        done = "Approved. It is being recorded now."
        act = partial(batches.approve, batch, request.user, timezone.now())
        return self._decide(request, batch, act, Action.APPROVED, done)

    def reject_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._batch(request, batch_id, "approve", "import")
        is_own = batch.uploaded_by_id == request.user.pk
        if not (is_own or roles.may(request.user, "approve", batch.organisation_id)):
            raise PermissionDenied
        form = RejectForm(request.POST)
        form.fields["reason"].required = not is_own  # who takes their own file back owes nobody a reason
        if request.method == "POST" and not form.is_valid():
            return self._batch_page(request, batch, reject_form=form)
        reason = form.cleaned_data["reason"] if request.method == "POST" else ""
        act = partial(batches.reject, batch, request.user, reason, timezone.now())
        done = "Taken back." if is_own else "Rejected."
        return self._decide(request, batch, act, Action.REJECTED, done, reason)

    def refused_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """The refused rows as a file. It holds numbers, so whoever takes it is noted."""
        batch = self._batch(request, batch_id, "see_numbers")
        try:
            content = refused_rows(batch)
        except FileError as error:
            messages.error(request, str(error))
            return _page_of(batch)
        audit.note(
            request.user, batch.organisation_id, Action.EXPORTED, batch, detail={"what": "refused rows"}
        )
        return exports.file_answer(content, name_of(batch))

    # Taking things out

    def export_view(self, request: HttpRequest) -> HttpResponse:
        if not roles.may_somewhere(request.user, "export"):
            raise PermissionDenied
        form = exports.ExportForm(request.user, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            return exports.answer(request.user, **form.cleaned_data)
        return self._page(request, "export", {"title": "Export", "form": form})

    # What they share

    def _batch(self, request: HttpRequest, batch_id: int, *permissions: str) -> ImportBatch:
        """The batch, where they may do one of these in its organisation."""
        if not any(roles.may_somewhere(request.user, permission) for permission in permissions):
            raise PermissionDenied
        rows = visible(ImportBatch.objects.select_related("organisation", "channel"), request, *permissions)
        batch: ImportBatch | None = rows.filter(pk=batch_id).first()
        if batch is None:
            raise Http404
        return batch

    def _own_draft(self, request: HttpRequest, batch_id: int) -> ImportBatch:
        batch = self._batch(request, batch_id, "import")
        if batch.uploaded_by_id != request.user.pk:
            raise PermissionDenied
        return batch

    def _decide(
        self,
        request: HttpRequest,
        batch: ImportBatch,
        act: Callable[[], ImportBatch],
        action: str,
        done: str,
        reason: str = "",
    ) -> HttpResponse:
        """Do it and write it down, or say why it cannot be done now."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        take(request, act, Noted(action, reason, lambda after: after.counts), done, NotNow)
        return _page_of(batch)

    def _batch_page(
        self, request: HttpRequest, batch: ImportBatch, form: ColumnsForm | None = None, **more: Any
    ) -> TemplateResponse:
        context = import_page.context(request, batch, form) | {"title": batch.file_name} | more
        return self._page(request, "batch", context)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> TemplateResponse:
        own = {"opts": self.opts, "media": self.media}
        values = {**self.admin_site.each_context(request), **own, **context}
        return TemplateResponse(request, f"admin/imports/{name}.html", values)


def _page_of(batch: ImportBatch, part: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:optins_importbatch_change", args=[batch.pk]) + part)
