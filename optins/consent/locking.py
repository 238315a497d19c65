"""Holding contacts to the end of a transaction: the one that acts, and all that it reaches."""

from collections.abc import Callable

from django.db import IntegrityError, transaction

from optins.consent import identity
from optins.consent.signal import Identifier
from optins.models import Contact, Organisation


def find_and_lock(
    find: Callable[[], identity.Found], still_holds: Callable[[identity.Found], bool]
) -> tuple[identity.Found, list[Contact]]:
    """The contact that acts and all that it reaches, locked together.

    Who is to be locked is known only from what another writer may be changing. So look, lock, look again;
    if there are more, let go of everything and begin anew with them.
    """
    known: list[Contact] = []
    for _attempt in range(5):
        mark = transaction.savepoint()
        found = find()
        locked = lock([*found.all, *known])
        known = identity.reach(found.all)
        if set(known) <= locked and still_holds(found):
            transaction.savepoint_commit(mark)
            return found, known
        transaction.savepoint_rollback(mark)
    raise IntegrityError("The contact kept changing.")


def hold(organisation: Organisation, identifiers: tuple[Identifier, ...]) -> None:
    """Hold whoever is known by these identifiers, and all they reach, to the end of the transaction."""
    if found := identity.find(organisation, identifiers):
        lock(identity.reach(found))


def lock(contacts: list[Contact]) -> set[Contact]:
    """Hold the contacts' rows to the end of the transaction, in one order for everybody.

    Lock, read, fold and write are separate statements: one combined statement lets two writers race. The
    lock leaves keys alone, or it would wait for whoever adds a row that refers to the contact, and they for
    it.
    """
    rows = Contact.objects.select_for_update(no_key=True).filter(pk__in=[c.pk for c in contacts])
    return set(rows.order_by("pk"))
