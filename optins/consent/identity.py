"""Who a signal is about: find the contact, or make it at the person's first act."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import chain
from operator import or_
from typing import Any

from django.db.models import Max, Q, prefetch_related_objects

from optins.consent.signal import Identifier
from optins.models import ConsentEvent, Contact, ContactIdentifier, Organisation, ReviewItem
from optins.models.base import insert_new

# What staff decide about a proposed link. Nothing is merged: a stop of one still reaches the other, and a
# grant counts for the one that sent it.
SAME, NOT_SAME = "same", "not_same"


class Changed(Exception):
    """Others are to be held than was thought: whoever looked begins anew with ``also`` (``locking``)."""

    def __init__(self, also: Iterable[Contact] = ()) -> None:
        super().__init__()
        self.also = tuple(also)


@dataclass(frozen=True, slots=True)
class Found:
    """The contact that acted, others that its identifiers belong to, and which of these are new to it."""

    contact: Contact
    others: tuple[Contact, ...] = ()
    attached: tuple[Identifier, ...] = ()

    @property
    def all(self) -> list[Contact]:
        return [self.contact, *self.others]


def known(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> dict[Identifier, Contact]:
    """Those of the identifiers that somebody is known by, and who, in the order of the identifiers."""
    if not identifiers:
        return {}
    wanted = reduce(or_, (Q(scheme=i.scheme, scope=i.scope, value=i.value) for i in identifiers))
    rows = ContactIdentifier.objects.filter(wanted, organisation=organisation, contact__erased_at=None)
    found = {_of(row): row.contact for row in rows.select_related("contact")}
    for contact in found.values():
        contact.organisation = organisation
    return {identifier: found[identifier] for identifier in identifiers if identifier in found}


def _of(row: ContactIdentifier) -> Identifier:
    return Identifier(row.scheme, row.value, row.scope)


def find(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> list[Contact]:
    """The contacts that these identifiers belong to, in the order of the identifiers."""
    return list(dict.fromkeys(known(organisation, identifiers).values()))


def identifiers_of(contact: Contact) -> tuple[Identifier, ...]:
    """All that they are known by, the oldest first; read once for whoever asks after this."""
    prefetch_related_objects([contact], "identifiers")
    return tuple(_of(row) for row in sorted(contact.identifiers.all(), key=lambda row: row.pk))


def settle(contacts: Sequence[Contact], identifiers: tuple[Identifier, ...], **proved: Any) -> Found:
    """The first of these contacts from now on has all of the identifiers that belonged to nobody.

    ``contacts``: who is known by them, held, or one that was made just now. ``proved``: what the new rows
    say of their proof. Raises Changed where another writer was first.
    """
    taken = {each for contact in contacts for each in identifiers_of(contact)}
    attached = tuple(identifier for identifier in identifiers if identifier not in taken)
    if attached:
        _attach(contacts[0], attached, proved)
    return Found(contacts[0], tuple(contacts[1:]), attached)


def make(
    organisation: Organisation, identifiers: tuple[Identifier, ...], proved: Mapping[str, Any], **known: Any
) -> Contact:
    """A contact for a stranger. Raises Changed where another writer was first."""
    made = Contact.objects.create(organisation=organisation, **known)
    _remember(made, [])
    _attach(made, identifiers, proved)
    return made


def _attach(contact: Contact, attached: tuple[Identifier, ...], proved: Mapping[str, Any]) -> None:
    rows = [
        ContactIdentifier(
            organisation_id=contact.organisation_id,
            contact=contact,
            scheme=new.scheme,
            value=new.value,
            scope=new.scope,
            **proved,
        )
        for new in attached
    ]
    if not insert_new(rows):
        raise Changed
    _remember(contact, [*contact.identifiers.all(), *rows])


def _remember(contact: Contact, rows: list[ContactIdentifier]) -> None:
    """What prefetch_related would read: nobody else can change it while the contact is held."""
    known: Any = ContactIdentifier.objects.filter(contact=contact)
    known._result_cache = rows
    vars(contact)["_prefetched_objects_cache"] = {"identifiers": known}


def last_yes_of(contacts: Iterable[Contact]) -> datetime | None:
    """From when their last yes counts: its question, up to a second ahead. What is said now is later."""
    given = ConsentEvent.objects.filter(contact__in=contacts, kind=ConsentEvent.Kind.GIVEN)
    last: datetime | None = given.aggregate(last=Max("occurred_at"))["last"]
    return last


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


def mark_verified(contacts: Iterable[Contact], identifiers: tuple[Identifier, ...], **proved: Any) -> None:
    """A proved act came from these very identifiers. Who has them is held, and all are read."""
    rows = (row for contact in contacts for row in contact.identifiers.all())
    fresh = [row.pk for row in rows if row.verified_at is None and _of(row) in identifiers]
    if fresh:
        ContactIdentifier.objects.filter(pk__in=fresh).update(**proved)
