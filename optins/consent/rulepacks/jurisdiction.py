"""Where a recipient is, as far as the law that binds a message depends on it."""

from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers

from optins.consent import numbers
from optins.models import Contact, ContactIdentifier, Organisation

Scheme = ContactIdentifier.Scheme
_NO_COUNTRY = "001"  # what the library says of a code that belongs to none, such as +800


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """``decided``: the jurisdiction. ``possible``: every country whose packs apply to be on the safe side.

    A calling code that several countries share (+1, +7, +44 …) decides nothing alone: then the
    organisation's own country is the jurisdiction, and the packs of all who share the code apply besides.
    """

    decided: str
    possible: tuple[str, ...]


def of_country(country: str, organisation: Organisation) -> Whereabouts:
    country = (country or organisation.country).upper()
    return Whereabouts(country, (country,))


def of_contact(contact: Contact, organisation: Organisation) -> Whereabouts:
    """By declared residence, then by the identifiers, then the organisation's own country. One read."""
    if contact.country:
        return of_country(contact.country, organisation)
    # All of them, so that what was fetched beforehand (prefetch_related) is not fetched again.
    return of_identifiers(((row.scheme, row.value) for row in contact.identifiers.all()), organisation)


def of_identifiers(identifiers: Iterable[tuple[str, str]], organisation: Organisation) -> Whereabouts:
    """By (scheme, value): what a BSUID begins with, and the calling code of a number."""
    found = [countries_of(scheme, value) for scheme, value in sorted(identifiers)]
    sure = {countries[0] for countries in found if len(countries) == 1}
    # Whatever leaves it open is settled by what does not: a +1 number with a BSUID of CA is in Canada.
    open_ones = [countries for countries in found if len(countries) > 1 and not sure & set(countries)]
    possible = sorted(sure.union(*open_ones))
    decided = possible[0] if len(possible) == 1 else organisation.country.upper()
    return Whereabouts(decided, tuple(possible) or (decided,))


def countries_of(scheme: str, value: str) -> tuple[str, ...]:
    """The countries that one identifier may be of; none where it does not say."""
    if scheme == Scheme.WA_BSUID:
        return (value[:2],) if numbers.BSUID.fullmatch(value) else ()
    if scheme == Scheme.PHONE:
        return _of_number(value)
    return ()


def _of_number(e164: str) -> tuple[str, ...]:
    try:
        code = phonenumbers.parse(e164).country_code or 0
    except phonenumbers.NumberParseException:
        return ()
    regions = phonenumbers.region_codes_for_country_code(code)
    return tuple(region for region in regions if region != _NO_COUNTRY)
