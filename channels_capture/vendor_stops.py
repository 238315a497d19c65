"""Marketing stops that a platform reports of its own accord, without a message of the person.

A platform's mistake could stop everybody at once. So what comes in a burst is parked: it denies marketing all
the same, and staff decide whether it stays. What people write themselves is never parked, however many do.
"""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from optins.consent import desired, identity, strangers, suppressions
from optins.consent.signal import Identifier
from optins.consent.strangers import RESUMED, STOPPED
from optins.models import (
    CaptureChannel,
    Contact,
    ContactIdentifier,
    Organisation,
    Sender,
    SenderContact,
)

MOST = 50  # by one sender
WITHIN = timedelta(hours=1)
_PARKED = "marketing_stop_parked_at"


def report(
    channel: CaptureChannel, identifiers: tuple[Identifier, ...], at: datetime, *, stops: bool
) -> None:
    """Marketing stopped or resumed, by whoever is a contact now or one day.

    Nothing is sent to a stranger, so theirs is never parked. What is older than an erasure is dropped.
    """
    if channel.sender is None:
        return
    contacts = _known(channel.organisation, identifiers)
    for contact in contacts:
        (stop if stops else resume)(channel, contact, at)
    taken = ContactIdentifier.objects.filter(contact__in=contacts).values_list("scheme", "value", "scope")
    unknown = set(identifiers) - {Identifier(*names) for names in taken}
    if unknown and not suppressions.is_older(suppressions.met(channel.organisation, unknown), at):
        strangers.note(channel.sender, unknown, STOPPED if stops else RESUMED, at)


def _known(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> list[Contact]:
    """Those who are contacts; whoever becomes one in this very moment is waited for."""
    found = identity.find(organisation, identifiers)
    if not found:
        strangers.wait_for_new_contacts(organisation)
        found = identity.find(organisation, identifiers)
    return found


def stop(channel: CaptureChannel, contact: Contact, at: datetime) -> None:
    """Marketing stops at this sender. A maximum, so neither order nor repetition matters."""
    rows = _row(channel, contact)
    known = rows.filter(Q(**{f"{STOPPED}__gte": at}) | Q(**{f"{_PARKED}__gte": at}))
    if channel.sender is None or known.exists():
        return
    rows.update(**{_PARKED if _is_a_burst(channel.sender, at) else STOPPED: at})


def resume(channel: CaptureChannel, contact: Contact, at: datetime) -> None:
    """It lifts the platform's own stop alone, and grants nothing."""
    strangers.raise_to(_row(channel, contact), RESUMED, at)


def _row(channel: CaptureChannel, contact: Contact) -> QuerySet[SenderContact]:
    there = SenderContact.objects.filter(sender=channel.sender, contact=contact)
    if not there.exists():
        desired.refresh(contact, timezone.now())  # a sender that is younger than the contact's last act
    return there


def _is_a_burst(sender: Sender, at: datetime) -> bool:
    near = (at - WITHIN, at + WITHIN)
    rows = SenderContact.objects.filter(sender=sender)
    found = (rows.filter(**{f"{field}__range": near}).values("pk")[:MOST] for field in (STOPPED, _PARKED))
    return sum(map(len, found)) >= MOST
