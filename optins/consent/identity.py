"""Who a signal is about: find the contact, or make it at the person's first act."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce
from itertools import chain
from operator import or_

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from optins.consent.signal import ConsentSignal, Identifier
from optins.models import ConsentEvent, Contact, ContactIdentifier, Organisation, ReviewItem

# What staff decide about a proposed link. Nothing is merged: a stop of one still reaches the other, and a
# grant counts for the one that sent it.
SAME, NOT_SAME = "same", "not_same"


@dataclass(frozen=True, slots=True)
class Found:
    """The contact that acted, others that its identifiers belong to, and which of these are new to it."""

    contact: Contact
    others: tuple[Contact, ...] = ()
    attached: tuple[Identifier, ...] = ()

    @property
    def all(self) -> list[Contact]:
        return [self.contact, *self.others]


def _rows(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> list[ContactIdentifier]:
    if not identifiers:
        return []
    wanted = reduce(or_, (Q(scheme=i.scheme, scope=i.scope, value=i.value) for i in identifiers))
    rows = ContactIdentifier.objects.filter(wanted, organisation=organisation, contact__erased_at=None)
    order = {identifier: place for place, identifier in enumerate(identifiers)}
    found = sorted(rows.select_related("contact"), key=lambda row: order[_of(row)])
    for row in found:
        row.contact.organisation = organisation
    return found


def _of(row: ContactIdentifier) -> Identifier:
    return Identifier(row.scheme, row.value, row.scope)


def find(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> list[Contact]:
    """The contacts that these identifiers belong to, in the order of the identifiers."""
    return list(dict.fromkeys(row.contact for row in _rows(organisation, identifiers)))


def is_settled(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> bool:
    """Whether these identifiers tell nothing new: nobody is known by them, or one contact by all."""
    rows = _rows(organisation, identifiers)
    return not rows or (len(rows) == len(identifiers) and len({row.contact_id for row in rows}) == 1)


def find_or_make(signal: ConsentSignal) -> Found:
    """The contact of the signal. Two writers that meet one new number agree on one contact."""
    if signal.contact:
        return Found(signal.contact)
    return attach(signal.organisation, signal.identifiers, partial(_make, signal))


def attach(
    organisation: Organisation,
    identifiers: tuple[Identifier, ...],
    make: Callable[[], Contact] | None = None,
) -> Found:
    """The contact of these identifiers, which from now on has all of them that belonged to nobody."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return _attach(organisation, identifiers, make)
        except IntegrityError:
            # Another writer made an identifier in the same moment: look again, it is there now.
            continue
    raise IntegrityError("An identifier could be neither found nor made.")


def _attach(
    organisation: Organisation, identifiers: tuple[Identifier, ...], make: Callable[[], Contact] | None
) -> Found:
    rows = _rows(organisation, identifiers)
    contacts = list(dict.fromkeys(row.contact for row in rows)) or ([make()] if make else [])
    if not contacts:
        raise IntegrityError("Nobody is known by these identifiers any more.")
    known = {_of(row) for row in rows}
    attached = tuple(identifier for identifier in identifiers if identifier not in known)
    for new in attached:
        ContactIdentifier.objects.create(
            organisation=organisation,
            contact=contacts[0],
            scheme=new.scheme,
            value=new.value,
            scope=new.scope,
        )
    return Found(contacts[0], tuple(contacts[1:]), attached)


def _make(signal: ConsentSignal) -> Contact:
    return Contact.objects.create(
        organisation=signal.organisation, language=signal.language, is_test=signal.is_test
    )


def last_yes_of(contacts: Iterable[Contact]) -> datetime | None:
    """From when their last yes counts: its question, up to a second ahead. What is said now is later."""
    given = ConsentEvent.objects.filter(contact__in=contacts, kind=ConsentEvent.Kind.GIVEN)
    last: datetime | None = given.aggregate(last=Max("occurred_at"))["last"]
    return last


def still_holds(found: Found, signal: ConsentSignal) -> bool:
    """Whether, now that they are locked, the identifiers still belong to these contacts."""
    return bool(signal.contact) or find(signal.organisation, signal.identifiers) == found.all


def reach(contacts: Iterable[Contact]) -> list[Contact]:
    """These contacts and all who may be the same person: by every link but those that staff said no to."""
    seen = {contact.pk: contact for contact in contacts}
    fresh = set(seen)
    while fresh:
        either = Q(contact__in=fresh) | Q(other__in=fresh)
        links = ReviewItem.objects.filter(either, kind=ReviewItem.Kind.LINK).exclude(decision=NOT_SAME)
        linked = set(chain.from_iterable(links.values_list("contact", "other"))) - set(seen)
        met = Contact.objects.filter(pk__in=linked - {None}, erased_at=None) if linked else []
        fresh = {contact.pk for contact in met}
        seen |= {contact.pk: contact for contact in met}
    return list(seen.values())


def propose_links(found: Found) -> None:
    """One message carried identifiers of several contacts: staff decide whether they are one person."""
    for other in found.others:
        first, second = sorted((found.contact, other), key=lambda contact: contact.pk)
        ReviewItem.objects.get_or_create(
            organisation_id=first.organisation_id,
            kind=ReviewItem.Kind.LINK,
            contact=first,
            other=second,
        )


def mark_verified(contacts: Iterable[Contact], signal: ConsentSignal) -> None:
    """A proved act came from these very identifiers."""
    if signal.proved and signal.identifiers:
        wanted = reduce(or_, (Q(scheme=i.scheme, scope=i.scope, value=i.value) for i in signal.identifiers))
        rows = ContactIdentifier.objects.filter(wanted, contact__in=contacts, verified_at=None)
        rows.update(verified_at=signal.received_at, verified_by=signal.verified_by)
