"""By which of its identifiers a sender knows a contact."""

from optins.models import ContactIdentifier, SenderContact

Scheme = ContactIdentifier.Scheme
_BEST_FIRST = (Scheme.WA_ID, Scheme.PHONE, Scheme.WA_BSUID)


def current(row: SenderContact) -> str:
    """The platform's own id, the newest of several, else the number, else the BSUID; empty if none."""
    identifiers = _identifiers(row)
    return _address(identifiers[0]) if identifiers else ""


def all_told(row: SenderContact) -> list[str]:
    """The current address and the older ones: those may have been told a yes before it was known."""
    identifiers = _identifiers(row)
    told = [identifier for identifier in identifiers if identifier.pk <= identifiers[0].pk]
    return list(dict.fromkeys(_address(identifier) for identifier in told))


def _identifiers(row: SenderContact) -> list[ContactIdentifier]:
    """Those that mean the contact at this sender, the best first."""
    found = ContactIdentifier.objects.filter(
        contact=row.contact_id, scheme__in=_BEST_FIRST, scope__in=["", row.sender.bsuid_scope]
    )
    return sorted(found, key=lambda each: (_BEST_FIRST.index(Scheme(each.scheme)), -each.pk))


def _address(identifier: ContactIdentifier) -> str:
    return identifier.value.removeprefix("+")
