"""The steps of a person's request: identity checked, approved, refused, done. Each is audited."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from optins import erasing, roles, tasks
from optins.admin.base import ReadOnlyAdmin, visible
from optins.admin.rights_forms import IdentityForm, RefuseForm
from optins.admin.steps import Noted, take
from optins.admin.withdrawal import withdraw
from optins.consent import erasure, held_back, rights
from optins.models import AuditEntry, DataSubjectRequest

Action = AuditEntry.Action
Kind, State = DataSubjectRequest.Kind, DataSubjectRequest.State
# What approving a request does.
CONSEQUENCES = {
    Kind.ACCESS: "Then make the evidence pack, give it to them, and mark this as done.",
    Kind.CORRECT: "Then correct it with them, and mark this as done.",
    Kind.ERASE: (
        "Everything that can be read is removed at once and for good, and each WhatsApp number is told. What "
        "stays is the ledger, which names nobody, and a digest that keeps the stop."
    ),
    Kind.OBJECT: "Everything is stopped at once. Only their own message can undo that.",
}


class Steps(ReadOnlyAdmin):
    """A part of the screen of requests."""

    def step_urls(self) -> list[Any]:
        steps = {
            "identity": self.identity_view,
            "approve": self.approve_view,
            "refuse": self.refuse_view,
            "done": self.done_view,
        }
        return [
            path(
                f"<int:row_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"optins_datasubjectrequest_{name}",
            )
            for name, view in steps.items()
        ]

    @method_decorator(require_POST)
    def identity_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        row = _row(request, row_id, "record_withdrawal")
        form = IdentityForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Say how you saw that it is them.")
            return back(row)
        how = form.cleaned_data["how"]
        noted = Noted(Action.CHANGED, detail=lambda _row: {"identity": how})
        act = partial(rights.check_identity, row, how, request.user, timezone.now())
        return _take(request, row, act, noted, "Noted. It can be decided now.")

    @method_decorator(require_POST)
    def approve_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        row = _row(request, row_id, "approve")
        act = partial(_approve, row, request.user, timezone.now())
        return _take(request, row, act, Noted(Action.APPROVED), _approved)

    @method_decorator(require_POST)
    def refuse_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        row = _row(request, row_id, "approve")
        form = RefuseForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Say why it is refused.")
            return back(row)
        reason = form.cleaned_data["reason"]
        noted = Noted(Action.REJECTED, detail=lambda _row: {"because": reason})
        act = partial(rights.refuse, row, reason, request.user, timezone.now())
        return _take(request, row, act, noted, "Refused. Tell them, and why.")

    @method_decorator(require_POST)
    def done_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Of what staff carry out themselves; an erasure ends by itself."""
        row = _row(request, row_id, "approve")
        if row.kind == Kind.ERASE:
            return HttpResponseBadRequest("An erasure ends when each WhatsApp number has been told.\n")
        noted = Noted(Action.CHANGED, detail=lambda _row: {"state": "done"})
        return _take(request, row, partial(rights.close, row, timezone.now()), noted, "Done.")


def back(row: DataSubjectRequest) -> HttpResponseRedirect:
    """To the request's own page."""
    return HttpResponseRedirect(reverse("admin:optins_datasubjectrequest_change", args=[row.pk]))


def _row(request: HttpRequest, row_id: int, permission: str) -> DataSubjectRequest:
    if not roles.may_somewhere(request.user, permission):
        raise PermissionDenied
    rows: QuerySet[DataSubjectRequest] = visible(
        DataSubjectRequest.objects.select_related("contact__organisation"), request, permission
    )
    return get_object_or_404(rows, pk=row_id)


def _take(
    request: HttpRequest,
    row: DataSubjectRequest,
    act: Callable[[], DataSubjectRequest],
    noted: Noted,
    done: str | Callable[[DataSubjectRequest], str],
) -> HttpResponse:
    take(request, act, noted, done, rights.NotNow, erasure.Held)
    return back(row)


def _approve(row: DataSubjectRequest, user: Any, now: datetime) -> DataSubjectRequest:
    """Decide it and do it, in the caller's transaction."""
    row = rights.approve(row, user, now)
    if row.kind == Kind.ERASE:
        erasing.erase(row.contact, erasing.by_staff(user), now=now)
        erasing.finish(row.contact, now)
    elif row.kind == Kind.OBJECT:
        where = "They objected to messages."
        withdraw(row.contact, user, (), where, form_id=f"request/{row.pk}", now=now)
        rights.close(row, now)
    transaction.on_commit(tasks.nudge)
    row.refresh_from_db()
    return row


def _approved(row: DataSubjectRequest) -> str:
    """What becomes of it now that it is approved."""
    if row.kind == Kind.ERASE:
        told = row.state == State.DONE
        left = held_back.told(row.contact)
        kept = f" Until a legal hold on somebody else is released, {', '.join(left)} stay." if left else ""
        return f"Approved. They are erased{'.' if told else '; each number is being told.'}{kept}"
    return "Approved." if row.kind == Kind.OBJECT else f"Approved. {CONSEQUENCES[Kind(row.kind)]}"
