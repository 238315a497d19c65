"""Erasing one person everywhere: the consents' own tables, kept files, and what Django keeps besides."""

from datetime import datetime
from typing import Any

import structlog
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from optins.consent import erasure, held_back, overwriting, rights
from optins.consent.digit_runs import HIDDEN
from optins.consent.erasure import By
from optins.consent.traces import Traces
from optins.imports import erasing as files
from optins.models import Contact, DataSubjectRequest, OutboundMessage, SenderContact, User

log = structlog.get_logger(__name__)
_ATTEMPTS: dict[Any, tuple[str, ...]] = {
    AccessAttempt: ("username", "get_data", "post_data", "path_info"),
    AccessFailureLog: ("username", "path_info"),
    AccessLog: ("username", "path_info"),
}
State, Kind = DataSubjectRequest.State, DataSubjectRequest.Kind


@transaction.atomic
def erase(contact: Contact, by: By, *, now: datetime) -> None:
    """Everything at once, or nothing. Raises ``erasure.Held``. A second time it changes nothing."""
    transaction.on_commit(overwriting.overwrite, robust=True)
    traces = erasure.erase(contact, by, now=now)
    if traces:
        files.forget(contact, traces)
        _forget_logs(contact, traces)


def _forget_logs(contact: Contact, traces: Traces) -> None:
    """Staff of this organisation alone: another one's logs are not ours to change."""
    colleagues = User.objects.filter(memberships__organisation=contact.organisation_id)
    own = LogEntry.objects.filter(user__in=colleagues)
    named = traces.found_in(own, "object_repr", "change_message")
    LogEntry.objects.filter(pk__in=named).update(object_repr=HIDDEN, change_message="")
    # Whoever typed a number where a name was asked for; these tables know of no organisation.
    for model, columns in _ATTEMPTS.items():
        model.objects.filter(pk__in=traces.found_in(model.objects.all(), *columns)).delete()
    for session in Session.objects.all():
        if traces.are_in(session.get_decoded()):
            session.delete()


# Phase two


def finish_all(now: datetime | None = None) -> int:
    """End each erasure whose senders have been told; returns how many came to their end."""
    now = now or timezone.now()
    waiting = set(SenderContact.objects.exclude(contact__erased_at=None).values_list("contact", flat=True))
    approved = DataSubjectRequest.objects.filter(kind=Kind.ERASE, state=State.APPROVED)
    waiting |= set(approved.exclude(contact__erased_at=None).values_list("contact", flat=True))
    ended = sum(finish(contact, now) for contact in Contact.objects.filter(pk__in=waiting))
    if ended:
        overwriting.overwrite()
    return ended


@transaction.atomic
def finish(contact: Contact, now: datetime) -> bool:
    """End this one's, as far as it can be; whether nothing is left to be told, or held back."""
    is_over = erasure.finish(contact, now) and not held_back.is_any_of(contact)
    for request in DataSubjectRequest.objects.filter(
        contact=contact, kind=Kind.ERASE, state=State.APPROVED
    ).select_related("farewell"):
        if _has_left(request.farewell, now) and is_over:
            rights.close(request, now)
            log.info("erasure finished", contact=str(contact.uuid))
    return is_over


def _has_left(farewell: OutboundMessage | None, now: datetime) -> bool:
    """Remove the last reply once it was sent, or can be sent no more; whether it is gone."""
    if farewell is None:
        return True
    is_waiting = farewell.state == OutboundMessage.State.WAITING and farewell.expires_at > now
    if is_waiting or (farewell.leased_until and farewell.leased_until > now):
        return False
    farewell.delete()
    return True


def by_staff(user: Any) -> By:
    return By(actor="staff", door="admin", reference=f"user:{user.pk}")
