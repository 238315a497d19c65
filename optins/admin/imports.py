"""Imports: upload, columns and preview, approval by another person, and what became of each row."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from optins import roles
from optins.admin import exports, import_page
from optins.admin.import_forms import UploadForm
from optins.admin.import_steps import Steps, page_of
from optins.imports import batches
from optins.imports.columns import HELP
from optins.imports.errors import FileError
from optins.models import ImportBatch


@admin.register(ImportBatch)
class ImportBatchAdmin(Steps):
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
        export = self.admin_site.admin_view(self.export_view)
        return [
            path("export/", export, name="optins_importbatch_export"),
            *self.step_urls(),
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
            return page_of(self._uploaded(request, form))
        context = {"title": "Upload a file", "form": form, "steps": import_page.first_step(), "columns": HELP}
        return self.page(request, "upload", context)

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
        return self.batch_page(request, batch)

    # Taking things out

    def export_view(self, request: HttpRequest) -> HttpResponse:
        if not roles.may_somewhere(request.user, "export"):
            raise PermissionDenied
        form = exports.ExportForm(request.user, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            return exports.answer(request.user, **form.cleaned_data)
        return self.page(request, "export", {"title": "Export", "form": form})
