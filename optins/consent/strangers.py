"""What a platform reports of somebody who is no contact yet: their own switch for marketing, at one sender.

It is kept by a digest of each name that they have there, and is theirs once they are a contact. Each time is
a maximum, so it does not matter which comes first, the report or the person.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from optins.consent import desired, digests
from optins.consent.signal import Identifier, Scheme
from optins.models import Contact, Organisation, Sender, SenderContact, SenderStranger

STOPPED, RESUMED = "marketing_stopped_at", "marketing_resumed_at"


def note(sender: Sender, identifiers: Iterable[Identifier], field: str, at: datetime) -> None:
    """Marketing was STOPPED or RESUMED by whoever is known by these one day."""
    for digest in _digests(sender.organisation, identifiers):
        SenderStranger.objects.get_or_create(sender=sender, digest=digest)
        raise_to(SenderStranger.objects.filter(sender=sender, digest=digest), field, at)


def take_over(contact: Contact, attached: Collection[Identifier], now: datetime) -> None:
    """What was reported of these, which are new to the contact, is the contact's from now on."""
    if not attached:
        return
    _wait(contact.organisation, "pg_advisory_xact_lock_shared")
    for reported in _of(contact.organisation, attached).select_related("sender"):
        desired.refresh(contact, now)  # it may be their first act
        there = SenderContact.objects.filter(sender=reported.sender, contact=contact)
        for field in (STOPPED, RESUMED):
            if at := getattr(reported, field):
                raise_to(there, field, at)
        reported.delete()


def have_stopped(sender: Sender, identifiers: Iterable[Identifier]) -> bool:
    """Whether whoever is known by one of these has stopped marketing at this sender."""
    is_last = Q(marketing_resumed_at=None) | Q(marketing_resumed_at__lte=F(STOPPED))
    rows = _of(sender.organisation, identifiers).filter(is_last, sender=sender)
    return rows.exclude(marketing_stopped_at=None).exists()


def wait_for_new_contacts(organisation: Organisation) -> None:
    """Whoever is about to take over ends first, or waits for the end of this and finds what it notes.

    Called before a last look at who is a contact: of two that come at once neither sees the other's rows.
    """
    _wait(organisation, "pg_advisory_xact_lock")


def forget(organisation: Organisation, identifiers: Iterable[Identifier]) -> None:
    """Nothing stays of whoever is erased."""
    _of(organisation, identifiers).delete()


def raise_to(rows: QuerySet[Any], field: str, at: datetime) -> None:
    """A maximum, so neither order nor repetition matters."""
    rows.filter(Q(**{field: None}) | Q(**{f"{field}__lt": at})).update(**{field: at})


def _wait(organisation: Organisation, how: str) -> None:
    if connection.vendor == "postgresql":  # SQLite has one writer at a time
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {how}(hashtext(%s))", [f"strangers of {organisation.pk}"])


def _of(organisation: Organisation, identifiers: Iterable[Identifier]) -> QuerySet[SenderStranger]:
    found = list(_digests(organisation, identifiers))
    rows = SenderStranger.objects.filter(sender__organisation=organisation, digest__in=found)
    return rows if found else rows.none()


def _digests(organisation: Organisation, identifiers: Iterable[Identifier]) -> list[str]:
    """A WhatsApp id never comes without its number, which is enough."""
    names = (identifier for identifier in identifiers if identifier.scheme != Scheme.WA_ID)
    return [digests.keyed(organisation, "stranger", identifier.text) for identifier in names]
