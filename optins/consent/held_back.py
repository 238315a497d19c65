"""What an erasure leaves because a legal hold lies on somebody else, noted so that it goes after that.

Nothing of whoever is erased is kept for it: the very thing is noted, not what to look for in it.
"""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import ngettext

from optins.models import (
    ConsentRequest,
    Contact,
    Evidence,
    HeldBack,
    ImportBatch,
    InboundDelivery,
    Organisation,
)

_FIELDS: dict[Any, str] = {
    Evidence: "evidence",
    InboundDelivery: "delivery",
    ConsentRequest: "request",
    ImportBatch: "batch",
}


def note(
    organisation: Organisation, contact: Contact | None, things: QuerySet[Any], *, is_whole: bool = True
) -> None:
    """These name somebody who is erased, and stay for now. ``contact``: whom, where that is known."""
    field = _FIELDS[things.model]
    for key in list(things.order_by().values_list("pk", flat=True)):
        named = {"organisation": organisation, "contact": contact, f"{field}_id": key}
        HeldBack.objects.get_or_create(**named, defaults={"is_whole": is_whole})


def is_any_of(contact: Contact) -> bool:
    """Whether anything that names this person, who is erased, is still there."""
    return HeldBack.objects.filter(contact=contact).exists()


def told(contact: Contact) -> list[str]:
    """How much of what, in words for staff."""
    rows = HeldBack.objects.filter(contact=contact)
    counts = rows.aggregate(**{f"of_{field}": Count(field, distinct=True) for field in _FIELDS.values()})
    words = {
        "of_evidence": ngettext("%d piece of evidence", "%d pieces of evidence", counts["of_evidence"]),
        "of_delivery": ngettext("%d message", "%d messages", counts["of_delivery"]),
        "of_request": ngettext("%d request", "%d requests", counts["of_request"]),
        "of_batch": ngettext("%d imported file", "%d imported files", counts["of_batch"]),
    }
    return [text % counts[name] for name, text in words.items() if counts[name]]
