"""Who a signal is about: find the contact, or make it at the person's first act."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import Q

from optins.consent.signal import ConsentSignal, Identifier
from optins.models import Contact, ContactIdentifier, Organisation, ReviewItem


@dataclass(frozen=True, slots=True)
class Found:
    """The contact that acted, and others that one of its identifiers belongs to."""

    contact: Contact
    others: tuple[Contact, ...] = ()
    is_new: bool = False


def _rows(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> list[ContactIdentifier]:
    if not identifiers:
        return []
    wanted = reduce(or_, (Q(scheme=i.scheme, scope=i.scope, value=i.value) for i in identifiers))
    rows = ContactIdentifier.objects.filter(wanted, organisation=organisation, contact__erased_at=None)
    order = {identifier: place for place, identifier in enumerate(identifiers)}
    return sorted(
        rows.select_related("contact"),
        key=lambda row: order[Identifier(row.scheme, row.value, row.scope)],
    )


def find(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> list[Contact]:
    """The contacts that these identifiers belong to, in the order of the identifiers."""
    return list(dict.fromkeys(row.contact for row in _rows(organisation, identifiers)))


def find_or_make(signal: ConsentSignal) -> Found:
    """The contact of the signal. Two writers that meet one new number agree on one contact."""
    if signal.contact:
        return Found(signal.contact)
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return _find_or_make(signal)
        except IntegrityError:
            # Another writer made an identifier in the same moment: look again, it is there now.
            continue
    raise IntegrityError("An identifier could be neither found nor made.")


def _find_or_make(signal: ConsentSignal) -> Found:
    rows = _rows(signal.organisation, signal.identifiers)
    contacts = list(dict.fromkeys(row.contact for row in rows))
    contact = contacts[0] if contacts else _make(signal)
    known = {Identifier(row.scheme, row.value, row.scope) for row in rows}
    for identifier in signal.identifiers:
        if identifier not in known:
            _attach(contact, identifier, signal)
    if signal.proved:
        _mark_verified(contact, signal)
    for other in contacts[1:]:
        ReviewItem.objects.get_or_create(
            organisation=signal.organisation,
            kind=ReviewItem.Kind.LINK,
            contact=contact,
            other=other,
        )
    return Found(contact, tuple(contacts[1:]), is_new=not contacts)


def _make(signal: ConsentSignal) -> Contact:
    return Contact.objects.create(
        organisation=signal.organisation, language=signal.language, is_test=signal.is_test
    )


def _attach(contact: Contact, identifier: Identifier, signal: ConsentSignal) -> None:
    ContactIdentifier.objects.create(
        organisation=signal.organisation,
        contact=contact,
        scheme=identifier.scheme,
        value=identifier.value,
        scope=identifier.scope,
    )


def _mark_verified(contact: Contact, signal: ConsentSignal) -> None:
    """A proved act came from these very identifiers."""
    contact.identifiers.filter(
        value__in=[identifier.value for identifier in signal.identifiers], verified_at=None
    ).update(verified_at=signal.received_at, verified_by=signal.verified_by)


def heard_from(contacts: list[Contact], identifiers: tuple[Identifier, ...], at: datetime) -> None:
    """Note when each identifier last wrote: a maximum, so late messages change nothing."""
    ContactIdentifier.objects.filter(
        Q(last_heard_at__lt=at) | Q(last_heard_at=None),
        contact__in=contacts,
        value__in=[identifier.value for identifier in identifiers],
    ).update(last_heard_at=at, failures_in_row=0)
