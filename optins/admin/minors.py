"""Whether minors may consent alone to a purpose: one proposes it with its law, another approves it."""

from datetime import datetime
from typing import Any

from django.contrib import messages

from optins import audit, roles
from optins.models import AuditEntry, Purpose


def state(purpose: Purpose) -> str:
    if not purpose.minor_may_consent_alone:
        return "A guardian agrees for them."
    if purpose.minors_decide_alone:
        return f"They decide alone, by {purpose.minor_basis}. Approved by {purpose.minor_approved_by}."
    return f"Proposed by {purpose.minor_proposed_by}: it counts when a second person approves it in the list."


def propose(purpose: Purpose, user: Any) -> None:
    """To be saved by the caller. An earlier approval was of something else."""
    purpose.minor_proposed_by = user if purpose.minor_may_consent_alone else None
    purpose.minor_approved_by, purpose.minor_approved_at = None, None


def approve(purpose: Purpose, user: Any, now: datetime) -> tuple[str, int]:
    """What to tell whoever tried, and how grave it is."""
    if not roles.may(user, "approve", purpose.organisation_id):
        return f"{purpose}: you may not approve this.", messages.ERROR
    if not purpose.minor_may_consent_alone or purpose.minors_decide_alone:
        return f"{purpose}: there is nothing to approve.", messages.WARNING
    if purpose.minor_proposed_by_id == user.pk:
        return f"{purpose}: somebody else has to approve what you proposed.", messages.ERROR
    purpose.minor_approved_by, purpose.minor_approved_at = user, now
    purpose.save(update_fields=["minor_approved_by", "minor_approved_at"])
    audit.note(
        user, purpose.organisation_id, AuditEntry.Action.APPROVED, purpose, detail={"step": "minors_decide"}
    )
    return f"{purpose}: minors decide alone from now on.", messages.SUCCESS
