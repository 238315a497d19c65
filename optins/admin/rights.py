"""What people ask about their own data: filed, seen to be from them, decided, carried out in time."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from optins import audit, erasing, roles, tasks
from optins.admin import rights_told
from optins.admin.base import ReadOnlyAdmin, visible
from optins.admin.eyes import Eyes, EyesOf, reference
from optins.admin.pages import page
from optins.admin.rights_forms import IdentityForm, OpenForm, RefuseForm
from optins.admin.withdrawal import withdraw
from optins.consent import erasure, rights
from optins.models import AuditEntry, Contact, DataSubjectRequest, SenderContact

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


@admin.register(DataSubjectRequest)
class DataSubjectRequestAdmin(ReadOnlyAdmin):
    section = "people"
    place = 1
    label = "Data requests"
    help = "What people ask about their own data, and by when they have to be answered."
    empty = "Nobody has asked for anything. Open a request on the person’s page."
    list_display = (
        "kind",
        "person",
        "state_badge",
        "came_by",
        "identity",
    )  # and one that depends on who looks
    list_filter = ("state", "kind")
    list_select_related = ("contact", "organisation")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        name = "optins_datasubjectrequest"
        return [
            path("<int:contact_id>/open/", view(self.open_view), name=f"{name}_open"),
            path("<int:row_id>/identity/", view(self.identity_view), name=f"{name}_identity"),
            path("<int:row_id>/approve/", view(self.approve_view), name=f"{name}_approve"),
            path("<int:row_id>/refuse/", view(self.refuse_view), name=f"{name}_refuse"),
            path("<int:row_id>/done/", view(self.done_view), name=f"{name}_done"),
            *super().get_urls(),
        ]

    # The list

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        eyes, now = EyesOf(request.user), timezone.now()

        @admin.display(description="By when", ordering="due_at")
        def due(row: DataSubjectRequest) -> SafeString:
            return rights_told.due(row, eyes[row.organisation], now, word="")

        first, *others = super().get_list_display(request)
        return [first, due, *others]

    @admin.display(description="Person")
    def person(self, row: DataSubjectRequest) -> str:
        return reference(row.contact.uuid)

    @admin.display(description="State", ordering="state")
    def state_badge(self, row: DataSubjectRequest) -> SafeString:
        return rights_told.state_of(row)

    @admin.display(description="Is it them?", ordering="identity_check")
    def identity(self, row: DataSubjectRequest) -> str:
        return row.get_identity_check_display()

    # One request

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            messages.warning(request, "There is no such request.")
            return HttpResponseRedirect(reverse("admin:index"))
        if request.method != "GET" or not self.has_view_permission(request, row):
            raise PermissionDenied
        audit.note(request.user, row.organisation_id, Action.VIEWED, row)
        return page(self, request, "admin/rights/request.html", **self._context(request, row))

    def _context(self, request: HttpRequest, row: DataSubjectRequest) -> dict[str, Any]:
        eyes = Eyes.of(request.user, row.organisation)
        moments = ("received_at", "due_at", "identity_checked_at", "decided_at", "finished_at")
        return {
            "title": f"{row.get_kind_display()}: person {reference(row.contact.uuid)}",
            "row": row,
            "known_as": eyes.known_as(row.contact),
            "state": rights_told.state_of(row),
            "due": rights_told.due(row, eyes, timezone.now()),
            "at": {name: eyes.time(at) for name in moments if (at := getattr(row, name))},
            "may_check": roles.may(request.user, "record_withdrawal", row.organisation),
            "may_decide": roles.may(request.user, "approve", row.organisation),
            "is_held": erasure.is_held(row.contact),
            "consequence": CONSEQUENCES[Kind(row.kind)],
            "identity_form": IdentityForm(),
            "refuse_form": RefuseForm(),
            "not_told": SenderContact.objects.filter(contact=row.contact).select_related("sender")
            if row.contact.erased_at
            else (),
        }

    def open_view(self, request: HttpRequest, contact_id: int) -> HttpResponse:
        """The form, on a person's behalf; their own message in a chat needs none."""
        contact = get_object_or_404(
            visible(Contact.objects.select_related("organisation"), request), pk=contact_id
        )
        if not roles.may(request.user, "record_withdrawal", contact.organisation) or contact.erased_at:
            raise PermissionDenied
        form = OpenForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._open(request, contact, form.cleaned_data["kind"])
        eyes = Eyes.of(request.user, contact.organisation)
        context = {"contact": contact, "reference": reference(contact.uuid), "form": form}
        context |= {"title": "Open a request", "known_as": eyes.known_as(contact)}
        return page(self, request, "admin/rights/open.html", **context)

    @transaction.atomic
    def _open(self, request: HttpRequest, contact: Contact, kind: str) -> HttpResponse:
        row = rights.file(contact, kind, DataSubjectRequest.CameBy.STAFF, now=timezone.now())
        audit.note(request.user, contact.organisation_id, Action.CHANGED, row, detail={"asked for": kind})
        return _back(row)

    # Its steps

    @method_decorator(require_POST)
    @transaction.atomic
    def identity_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        row = self._row(request, row_id, "record_withdrawal")
        form = IdentityForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Say how you saw that it is them.")
            return _back(row)
        how = form.cleaned_data["how"]
        if _done(request, lambda: rights.check_identity(row, how, request.user, timezone.now())):
            audit.note(request.user, row.organisation_id, Action.CHANGED, row, detail={"identity": how})
            messages.success(request, "Noted. It can be decided now.")
        return _back(row)

    @method_decorator(require_POST)
    def approve_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        row = self._row(request, row_id, "approve")
        if _done(request, lambda: _approve(row, request.user)):
            row.refresh_from_db()
            messages.success(request, f"Approved. {_what_now(row)}")
        return _back(row)

    @method_decorator(require_POST)
    @transaction.atomic
    def refuse_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        row = self._row(request, row_id, "approve")
        form = RefuseForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Say why it is refused.")
            return _back(row)
        reason = form.cleaned_data["reason"]
        if _done(request, lambda: rights.refuse(row, reason, request.user, timezone.now())):
            audit.note(request.user, row.organisation_id, Action.REJECTED, row, detail={"because": reason})
            messages.success(request, "Refused. Tell them, and why.")
        return _back(row)

    @method_decorator(require_POST)
    @transaction.atomic
    def done_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Of what staff carry out themselves; an erasure ends by itself."""
        row = self._row(request, row_id, "approve")
        if row.kind == Kind.ERASE:
            return HttpResponseBadRequest("An erasure ends when each WhatsApp number has been told.\n")
        if _done(request, lambda: rights.close(row, timezone.now())):
            audit.note(request.user, row.organisation_id, Action.CHANGED, row, detail={"state": "done"})
            messages.success(request, "Done.")
        return _back(row)

    def _row(self, request: HttpRequest, row_id: int, permission: str) -> DataSubjectRequest:
        if not roles.may_somewhere(request.user, permission):
            raise PermissionDenied
        rows: QuerySet[DataSubjectRequest] = visible(
            DataSubjectRequest.objects.select_related("contact__organisation"), request, permission
        )
        return get_object_or_404(rows, pk=row_id)


@transaction.atomic
def _approve(row: DataSubjectRequest, user: Any) -> None:
    """Decide it and do it, in one transaction."""
    now = timezone.now()
    row = rights.approve(row, user, now)
    audit.note(user, row.organisation_id, Action.APPROVED, row)
    if row.kind == Kind.ERASE:
        erasing.erase(row.contact, erasing.by_staff(user), now=now)
        erasing.finish(row.contact, now)
    elif row.kind == Kind.OBJECT:
        where = "They objected to messages."
        withdraw(row.contact, user, (), where, form_id=f"request/{row.pk}", now=now)
        rights.close(row, now)
    transaction.on_commit(tasks.nudge)


def _done(request: HttpRequest, step: Any) -> bool:
    """Whether the step could be taken; why not is shown."""
    try:
        step()
    except (rights.NotNow, erasure.Held) as error:
        messages.error(request, str(error))
        return False
    return True


def _what_now(row: DataSubjectRequest) -> str:
    if row.kind != Kind.ERASE:
        return "" if row.kind == Kind.OBJECT else CONSEQUENCES[Kind(row.kind)]
    return "They are erased." if row.state == State.DONE else "They are erased; each number is being told."


def _back(row: DataSubjectRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:optins_datasubjectrequest_change", args=[row.pk]))
