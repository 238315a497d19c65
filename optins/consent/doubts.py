"""Messages that may be a stop: staff decide, and until they have, marketing waits."""

from optins.models import Contact, ReviewItem


def put(contact: Contact) -> None:
    """Put it to staff, once however many such messages come. The caller holds the contact's lock."""
    ReviewItem.objects.get_or_create(
        organisation_id=contact.organisation_id,
        kind=ReviewItem.Kind.UNSURE,
        contact=contact,
        decided_at=None,
    )


def are_open(contact: Contact) -> bool:
    """Whether one of theirs waits for a decision."""
    rows = ReviewItem.objects.filter(contact=contact, kind=ReviewItem.Kind.UNSURE)
    return rows.filter(decided_at=None).exists()
