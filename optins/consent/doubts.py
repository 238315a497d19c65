"""Messages that may be a stop: staff decide, and until they have, marketing waits."""

from collections.abc import Iterable

from optins.consent import identity
from optins.models import Contact, ReviewItem


def put(contacts: Iterable[Contact]) -> list[Contact]:
    """Put it to staff, once however many such messages come; returns all whom it reaches, as a stop would.

    They are held to the end of the caller's transaction.
    """
    ids = [contact.pk for contact in identity.reach(contacts)]
    reached = list(Contact.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    for contact in reached:
        ReviewItem.objects.get_or_create(
            organisation_id=contact.organisation_id,
            kind=ReviewItem.Kind.UNSURE,
            contact=contact,
            decided_at=None,
        )
    return reached


def are_open(contact: Contact) -> bool:
    """Whether one of theirs waits for a decision."""
    rows = ReviewItem.objects.filter(contact=contact, kind=ReviewItem.Kind.UNSURE)
    return rows.filter(decided_at=None).exists()
