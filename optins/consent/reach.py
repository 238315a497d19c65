"""Whether messages still reach somebody. It says nothing about consent, but numbers change hands.

A number to which nothing gets through for long, and from which nobody writes, may be given to somebody else.
What is sensitive waits then until the person writes. That a message arrives again proves nothing: it may
arrive at somebody else.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Min, Q, QuerySet

from optins.consent.signal import Identifier
from optins.models import Contact, ContactIdentifier

# Shorter than a number is left unused between two owners, where a rule says how long that is.
STALE_AFTER = timedelta(days=90)
Contacts = Iterable[Contact]


def failed(contacts: Contacts, identifiers: Iterable[Identifier], at: datetime) -> None:
    """A message could not be delivered to these; a failure that is told twice counts once.

    The contacts are held: whoever writes meanwhile has been heard after this, or before.
    """
    rows = _rows(contacts, identifiers)
    silent = Q(last_heard_at=None) | Q(last_heard_at__lt=at)
    rows.filter(silent, Q(failing_since=None) | Q(failing_since__gt=at)).update(failing_since=at)
    newer = rows.filter(Q(last_failed_at=None) | Q(last_failed_at__lt=at))
    newer.filter(silent).update(failures_in_row=F("failures_in_row") + 1)
    newer.update(last_failed_at=at)


def delivered(contacts: Contacts, identifiers: Iterable[Identifier], at: datetime) -> None:
    """A message arrived: whatever failed before it was nothing, unless it had lasted long already."""
    rows = _rows(contacts, identifiers).filter(failing_since__range=(at - STALE_AFTER, at))
    rows.update(failing_since=None, failures_in_row=0)


def heard(contacts: Contacts, identifiers: Iterable[Identifier], at: datetime) -> bool:
    """They wrote, by a maximum, so late messages change nothing. Whether something waited for that.

    The contacts are held, with all that they are known by.
    """
    values = {identifier.value for identifier in identifiers}
    known = [row for contact in contacts for row in contact.identifiers.all()]
    late = [row.pk for row in known if row.value in values and _is_before(row.last_heard_at, at)]
    if late:
        ContactIdentifier.objects.filter(pk__in=late).update(last_heard_at=at, failures_in_row=0)
    failing = [row.pk for row in known if row.failing_since and row.failing_since <= at]
    if failing:
        ContactIdentifier.objects.filter(pk__in=failing).update(failing_since=None, failures_in_row=0)
    return bool(failing)


def _is_before(moment: datetime | None, at: datetime) -> bool:
    return moment is None or moment < at


def stale_from(contact: Contact) -> datetime | None:
    """From when this person's number is not to be trusted with what is sensitive; None while it is."""
    rows = ContactIdentifier.objects.filter(contact=contact)
    since: datetime | None = rows.aggregate(since=Min("failing_since"))["since"]
    return since + STALE_AFTER if since else None


def _rows(contacts: Contacts, identifiers: Iterable[Identifier]) -> QuerySet[ContactIdentifier]:
    values = [identifier.value for identifier in identifiers]
    return ContactIdentifier.objects.filter(contact__in=contacts, value__in=values)
