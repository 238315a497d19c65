"""The steps of an import: its columns, handed in, approved by another person or rejected. Each is audited."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from optins import audit, roles
from optins.admin import exports, import_page
from optins.admin.base import ReadOnlyAdmin, visible
from optins.admin.import_forms import ColumnsForm, RejectForm
from optins.admin.steps import Noted, take
from optins.imports import batches, formats
from optins.imports.batches import NotNow
from optins.imports.errors import FileError
from optins.imports.refused import name_of, refused_rows
from optins.models import AuditEntry, ImportBatch, Purpose

Action = AuditEntry.Action


class Steps(ReadOnlyAdmin):
    """A part of the screen of imports."""

    def step_urls(self) -> list[Any]:
        steps = {
            "columns": self.columns_view,
            "submit": self.submit_view,
            "approve": self.approve_view,
            "reject": self.reject_view,
            "refused": self.refused_view,
        }
        return [
            path(
                f"<int:batch_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"optins_importbatch_{name}",
            )
            for name, view in steps.items()
        ]

    def columns_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._own_draft(request, batch_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            headings = formats.read(bytes(batch.content)).headers
            purposes = list(Purpose.objects.filter(organisation=batch.organisation_id))
            form = ColumnsForm(headings, purposes, request.POST)
            if not form.is_valid():
                return self.batch_page(request, batch, form)
            batches.preview(batch, form.mapping, timezone.now())
        except (FileError, NotNow) as error:
            messages.error(request, str(error))
        return page_of(batch, "#preview")

    def submit_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._own_draft(request, batch_id)
        return self._decide(request, batch, partial(batches.hand_in, batch), Action.IMPORTED, "Handed in.")

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
            return self.batch_page(request, batch, reject_form=form)
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
            return page_of(batch)
        audit.note(
            request.user, batch.organisation_id, Action.EXPORTED, batch, detail={"what": "refused rows"}
        )
        return exports.file_answer(content, name_of(batch))

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
        return page_of(batch)

    def batch_page(
        self, request: HttpRequest, batch: ImportBatch, form: ColumnsForm | None = None, **more: Any
    ) -> TemplateResponse:
        context = import_page.context(request, batch, form) | {"title": batch.file_name} | more
        return self.page(request, "batch", context)

    def page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> TemplateResponse:
        own = {"opts": self.opts, "media": self.media}
        values = {**self.admin_site.each_context(request), **own, **context}
        return TemplateResponse(request, f"admin/imports/{name}.html", values)


def page_of(batch: ImportBatch, part: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:optins_importbatch_change", args=[batch.pk]) + part)
