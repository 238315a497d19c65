"""What waits for a decision of staff. Each decision is an act or is logged; none of them merges or grants."""

from datetime import UTC, datetime
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
from django.views.decorators.http import require_POST

from optins import audit, erasing, roles, tasks
from optins.admin.base import ReadOnlyAdmin, visible
from optins.admin.parked import parked_view
from optins.admin.waiting import FAILED_OR_TRIED, LEFT_ALONE, Waiting
from optins.admin.withdrawal import withdraw
from optins.consent import desired
from optins.consent.identity import NOT_SAME, SAME
from optins.models import AuditEntry, Contact, InboundDelivery, ReviewItem, SenderContact

Action, Kind = AuditEntry.Action, ReviewItem.Kind
STOP, NO_STOP = "stop", "no_stop"
IN_ORDER, NOT_IN_ORDER = "in_order", "not_in_order"
# Decision: what it is called where it is told, and the audit's word for it.
DECISIONS = {
    Kind.LINK: {SAME: ("the same person", Action.APPROVED), NOT_SAME: ("not the same", Action.REJECTED)},
    Kind.UNSURE: {STOP: ("a stop", Action.APPROVED), NO_STOP: ("not a stop", Action.REJECTED)},
    Kind.CODES: {
        IN_ORDER: ("in order", Action.APPROVED),
        NOT_IN_ORDER: ("not in order", Action.REJECTED),
    },
}

# Where on the screen each kind stands.
SECTIONS = {Kind.LINK: "links", Kind.UNSURE: "unsure", Kind.CODES: "codes"}


@admin.register(ReviewItem)
class ReviewItemAdmin(ReadOnlyAdmin):
    section = "review"
    place = 1
    label = "To decide"
    help = "What the rules cannot decide and a person must."
    empty = "Nothing was decided yet."
    list_display = ("kind", "contact", "other", "decided", "decided_by", "decided_at")
    list_filter = ("kind",)
    list_select_related = ("contact", "other", "decided_by")
    ordering = ("-decided_at",)
    change_list_template = "admin/review/list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("deliveries/", view(self.deliveries_view), name="optins_reviewitem_deliveries"),
            path("pushes/<int:row_id>/", view(self.push_view), name="optins_reviewitem_push"),
            path("parked/<int:sender_id>/", view(parked_view), name="optins_reviewitem_parked"),
            path("<int:item_id>/decide/", view(self.decide_view), name="optins_reviewitem_decide"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The list shows what was decided; what waits stands above it."""
        rows = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name == "optins_reviewitem_changelist"
        return rows.exclude(decided_at=None) if is_list else rows

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"waiting": Waiting(request, timezone.now()), "advice": audit.ADVICE}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    @admin.display(description="Decision", ordering="decision")
    def decided(self, item: ReviewItem) -> str:
        told = DECISIONS[Kind(item.kind)].get(item.decision)
        return told[0].capitalize() if told else item.decision

    # Deliveries

    @method_decorator(require_POST)
    def deliveries_view(self, request: HttpRequest) -> HttpResponse:
        """One failed delivery, or all of them, is due again: the worker takes it up."""
        _require(request)
        chosen, now = request.POST.get("delivery", ""), timezone.now()
        rows = visible(InboundDelivery.objects.filter(FAILED_OR_TRIED), request, "approve")
        if chosen != "all":
            rows = rows.filter(pk=int(chosen) if chosen.isdecimal() else 0)
        with transaction.atomic():
            owners = list(rows.values_list("channel__organisation", flat=True))
            rows.update(state=InboundDelivery.State.WAITING, next_attempt_at=now, attempts=0)
            for organisation in set(owners):
                again = {"deliveries due again": owners.count(organisation)}
                audit.note(request.user, organisation, Action.CHANGED, detail=again)
        messages.success(request, f"Due again: {len(owners)}. The worker takes them up within seconds.")
        return _back("deliveries")

    # Links and unsure messages

    @method_decorator(require_POST)
    def decide_view(self, request: HttpRequest, item_id: int) -> HttpResponse:
        _require(request)
        rows = visible(ReviewItem.objects.select_related("contact__organisation"), request, "approve")
        item = get_object_or_404(rows, pk=item_id)
        decision = request.POST.get("decision", "")
        if decision not in DECISIONS[Kind(item.kind)]:
            return HttpResponseBadRequest("There is no such decision.\n")
        told, action = DECISIONS[Kind(item.kind)][decision]
        if _decide(request.user, item, decision, action, timezone.now()):
            messages.success(request, f"Decided: {told}.")
        else:
            messages.warning(request, "Somebody has decided this in the meantime.")
        return _back(SECTIONS[Kind(item.kind)])

    # Parked pushes

    @method_decorator(require_POST)
    def push_view(self, request: HttpRequest, row_id: int) -> HttpResponse:
        """Try a refused push again, or leave it until the person's choice changes; that needs a reason."""
        _require(request)
        rows = visible(SenderContact.objects.exclude(parked_at=None), request, "approve")
        row = get_object_or_404(rows.select_related("sender", "contact"), pk=row_id)
        reason = request.POST.get("reason", "").strip()[:200]
        if row.contact.erased_at and request.POST.get("decision") != "again":
            return _removed(request, row, reason)
        if request.POST.get("decision") == "again":
            _note_push(request.user, row, "again", reason, parked_at=None, next_attempt_at=timezone.now())
            messages.success(request, "Due again. The worker tells the platform within seconds.")
        elif reason:
            _note_push(request.user, row, "left", reason, next_attempt_at=LEFT_ALONE)
            messages.success(request, "Left as it is. A new choice of the person makes it due again.")
        else:
            messages.error(request, "Say why it can be left.")
        return _back("pushes")


def _require(request: HttpRequest) -> None:
    if not roles.may_somewhere(request.user, "approve"):
        raise PermissionDenied


def _back(section: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('admin:optins_reviewitem_changelist')}#{section}")


@transaction.atomic
def _removed(request: HttpRequest, row: SenderContact, reason: str) -> HttpResponseRedirect:
    """Somebody who is erased was removed at the platform by hand: the erasure can end."""
    if not reason:
        messages.error(request, "Say how it was removed there.")
        return _back("erasures")
    detail = {"decision": "removed", "person": str(row.contact.uuid)}
    owner = row.sender.organisation_id
    audit.note(request.user, owner, Action.CHANGED, row, reason=reason, detail=detail)
    row.delete()
    erasing.finish(row.contact, timezone.now())
    messages.success(request, "Noted. Nothing is left to be told there.")
    return _back("erasures")


@transaction.atomic
def _decide(user: Any, item: ReviewItem, decision: str, action: str, now: datetime) -> bool:
    """Decide it once. That a message was a stop is an act of withdrawal; everything else is only logged."""
    undecided = ReviewItem.objects.filter(pk=item.pk, decided_at=None)
    if not undecided.update(decided_at=now, decided_by=user, decision=decision):
        return False
    if decision == STOP:
        came_in = item.created_at.astimezone(UTC).isoformat(timespec="seconds")
        where = f"In a message that came in at {came_in}, read as a stop by staff."
        withdraw(item.contact, user, (), where, form_id=f"review/{item.pk}", now=now)
    elif decision == NO_STOP:
        desired.refresh(Contact.objects.select_for_update(no_key=True).get(pk=item.contact_id), now)
        transaction.on_commit(tasks.nudge)
    audit.note(user, item.organisation_id, action, item, detail={"decision": decision})
    return True


@transaction.atomic
def _note_push(user: Any, row: SenderContact, decision: str, reason: str, **values: Any) -> None:
    SenderContact.objects.filter(pk=row.pk).exclude(parked_at=None).update(attempts=0, **values)
    detail = {"decision": decision}
    audit.note(user, row.sender.organisation_id, Action.CHANGED, row, reason=reason, detail=detail)
    transaction.on_commit(tasks.nudge)
