"""By which of its identifiers a sender knows a contact."""

import json

from optins.models import Contact, ContactIdentifier, SenderContact

Scheme = ContactIdentifier.Scheme
_BEST_FIRST = (Scheme.WA_ID, Scheme.PHONE, Scheme.WA_BSUID)


def current(row: SenderContact) -> str:
    """The platform's own id, the newest of several, else the number, else the BSUID; empty if none."""
    told = all_told(row)
    return told[0] if told else ""


def all_told(row: SenderContact) -> list[str]:
    """The current address and the older ones: those may have been told a yes before it was known.

    Of somebody who is erased nothing else is left than these.
    """
    if row.last_addresses:
        return list(json.loads(row.last_addresses))
    identifiers = _identifiers(row)
    told = [identifier for identifier in identifiers if identifier.pk <= identifiers[0].pk]
    return list(dict.fromkeys(_address(identifier) for identifier in told))


def has_any(contact: Contact) -> bool:
    """Whether a WhatsApp account may know them at all: somebody known by a bot alone it never met."""
    # All of them, so that what was fetched beforehand (prefetch_related) is not fetched again.
    return any(identifier.scheme in _BEST_FIRST for identifier in contact.identifiers.all())


def keep(row: SenderContact) -> bool:
    """Note on the row whom the sender is still to be told about; whether there is anybody."""
    told = all_told(row)
    row.last_addresses = json.dumps(told) if told else ""
    return bool(told)


def _identifiers(row: SenderContact) -> list[ContactIdentifier]:
    """Those that mean the contact at this sender, the best first."""
    found = ContactIdentifier.objects.filter(
        contact=row.contact_id, scheme__in=_BEST_FIRST, scope__in=["", row.sender.bsuid_scope]
    )
    return sorted(found, key=lambda each: (_BEST_FIRST.index(Scheme(each.scheme)), -each.pk))


def _address(identifier: ContactIdentifier) -> str:
    return identifier.value.removeprefix("+")
