"""The audit: what members of staff saw, exported, changed or approved, one row each."""

from typing import Any

from django.db.models import Model

from optins.consent.digit_runs import without_numbers as without_numbers
from optins.models import AuditEntry, Membership, Organisation

# To be said beside each field whose text goes in as the reason: it can never be taken out again.
ADVICE = (
    "Kept in the audit with your name, for as long as the audit is, and never changed. Write no name, no "
    "telephone number, nothing on health."
)


def note(
    user: Any,
    organisation: Organisation | int,
    action: str,
    object: Model | None = None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add a row. ``detail`` holds names of fields and counts: never a number, a name or a secret.

    ``user`` is None where a command on the server did it. A row is never changed, so a number that somebody
    wrote into the reason is left out of it here.
    """
    key = organisation.pk if isinstance(organisation, Organisation) else organisation
    return AuditEntry.objects.create(
        organisation_id=key,
        user_id=user.pk if user else None,
        action=AuditEntry.Action(action),
        object_type=(object._meta.model_name or "") if object else "",
        object_id=str(object.pk) if object else "",
        reason=without_numbers(reason),
        detail=detail or {},
    )


def note_everywhere(
    user: Any, action: str, object: Model | None = None, detail: dict[str, Any] | None = None
) -> None:
    """A row for each organisation of the user: for what they do for all of them at once, as signing in."""
    own = Membership.objects.filter(user_id=user.pk, organisation__closed_at=None)
    for key in own.values_list("organisation_id", flat=True):
        note(user, key, action, object, detail=detail)
