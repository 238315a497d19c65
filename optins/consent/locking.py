"""Holding contacts to the end of a transaction: whoever acts, and all that it reaches."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects

from optins.consent import identity, suppressions
from optins.consent.signal import Identifier
from optins.models import Contact, Organisation, Purpose, Suppression

T = TypeVar("T")
# Who may be the same person as whoever is about to be held, as far as it was found in vain before.
_also: ContextVar[tuple[Contact, ...]] = ContextVar("_also", default=())


@dataclass
class Held:
    """Whoever is known by some identifiers; nobody else changes them until the transaction ends.

    ``contacts``: in the order of the identifiers, each with all that it is known by; none of a stranger,
    until an act makes one. ``reached``: these, and all who may be the same person.
    """

    organisation: Organisation
    identifiers: tuple[Identifier, ...] = ()
    contacts: tuple[Contact, ...] = ()
    reached: tuple[Contact, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether the identifiers tell nothing new: nobody is known by them, or one contact by all."""
        if len(self.contacts) != 1:
            return not self.contacts
        return set(self.identifiers).issubset(identity.identifiers_of(self.contacts[0]))

    @cached_property
    def purposes(self) -> list[Purpose]:
        """All that the organisation asks about."""
        return list(Purpose.objects.filter(organisation=self.organisation))

    @cached_property
    def suppressions(self) -> list[Suppression]:
        """What the identifiers met when this was asked first."""
        return suppressions.met(self.organisation, self.identifiers)


def begun_anew(work: Callable[[], T]) -> T:
    """Do it in a transaction; once more if somebody else changed meanwhile who is known by what.

    Who is to be locked is known only from what another writer may be changing. So look, lock, look again;
    where more is found then, let go of everything and begin anew: rows are locked in one order, all at once.
    """
    also: tuple[Contact, ...] = ()
    for _attempt in range(5):
        mark = _also.set(also)
        try:
            with transaction.atomic():
                return work()
        except identity.Changed as changed:
            also = changed.also
        finally:
            _also.reset(mark)
    raise IntegrityError("The contacts kept changing.")


def hold(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> Held:
    """Hold whoever is known by these identifiers, and all they reach. Raises identity.Changed."""
    known = identity.known(organisation, identifiers)
    if not known:
        return Held(organisation, identifiers)
    found = list(dict.fromkeys(known.values()))
    held = hold_contacts(organisation, found)
    by_id = {contact.pk: contact for contact in held.reached}
    contacts = tuple(by_id[contact.pk] for contact in found)
    prefetch_related_objects(contacts, "identifiers")
    if any(each not in identity.identifiers_of(by_id[contact.pk]) for each, contact in known.items()):
        raise identity.Changed
    return Held(organisation, identifiers, contacts, held.reached)


def hold_contacts(organisation: Organisation, contacts: Iterable[Contact]) -> Held:
    """The same for contacts that are known already."""
    contacts = tuple(contacts)
    locked = lock([*contacts, *_also.get()])
    reached = identity.reach(contacts)
    if not locked.issuperset(reached):
        raise identity.Changed(reached)
    for contact in locked:
        contact.organisation = organisation
    fresh = {contact.pk: contact for contact in locked}
    return Held(organisation, (), contacts, tuple(fresh[contact.pk] for contact in reached))


def lock(contacts: Iterable[Contact]) -> set[Contact]:
    """Hold the contacts' rows to the end of the transaction, in one order for everybody; as they are now.

    Lock, read, fold and write are separate statements: one combined statement lets two writers race. The
    lock leaves keys alone, or it would wait for whoever adds a row that refers to the contact, and they for
    it.
    """
    rows = Contact.objects.select_for_update(no_key=True).filter(pk__in={c.pk for c in contacts})
    return set(rows.order_by("pk"))
