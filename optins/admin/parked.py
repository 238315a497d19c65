"""Marketing stops that came in a burst: staff keep them or lift them, all of a sender at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from optins import audit, roles
from optins.admin.base import visible
from optins.models import AuditEntry, Sender, SenderContact

STOP, MISTAKE = "stop", "mistake"
_TOLD = {STOP: "They are kept.", MISTAKE: "They are lifted."}
_PARKED = F("marketing_stop_parked_at")
_LATER = Greatest(Coalesce("marketing_stopped_at", _PARKED), _PARKED)
_ACTIONS = {STOP: AuditEntry.Action.APPROVED, MISTAKE: AuditEntry.Action.REJECTED}


def with_parked(senders: QuerySet[Sender]) -> QuerySet[Any]:
    """Those with parked stops: ``parked`` how many, ``parked_since`` from when."""
    is_parked = Q(contacts__marketing_stop_parked_at__isnull=False)
    counts = {
        "parked": Count("contacts", filter=is_parked),
        "parked_since": Min("contacts__marketing_stop_parked_at"),
    }
    return senders.filter(is_parked).annotate(**counts).order_by("pk")


@require_POST
def parked_view(request: HttpRequest, sender_id: int) -> HttpResponse:
    if not roles.may_somewhere(request.user, "approve"):
        raise PermissionDenied
    sender = get_object_or_404(visible(Sender.objects.all(), request, "approve"), pk=sender_id)
    decision = request.POST.get("decision", "")
    if decision not in _TOLD:
        return HttpResponseBadRequest("There is no such decision.\n")
    _decide(request.user, sender, decision)
    messages.success(request, _TOLD[decision])
    return HttpResponseRedirect(f"{reverse('admin:optins_reviewitem_changelist')}#unsure")


@transaction.atomic
def _decide(user: Any, sender: Sender, decision: str) -> None:
    rows = SenderContact.objects.filter(sender=sender, marketing_stop_parked_at__isnull=False)
    # In one statement: one that is parked in this moment is decided upon, or waits; it is never just gone.
    kept = {"marketing_stopped_at": _LATER} if decision == STOP else {}
    count = rows.update(marketing_stop_parked_at=None, **kept)
    detail = {"decision": decision, "parked stops": count}
    audit.note(user, sender.organisation_id, _ACTIONS[decision], sender, detail=detail)
