"""Finding a person by any part of a number, by a BSUID or by a reference.

What was typed comes in the body of a POST and goes nowhere else: no address, no log and no audit has it.
"""

import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import phonenumbers
from django.db.models import Q

from optins import roles
from optins.consent import numbers, suppressions
from optins.consent.signal import Identifier, Scheme, phone
from optins.models import ConsentEvent, ConsentRequest, Contact, Organisation

MOST = 50
FEWEST_DIGITS = 3
_NUMBER = re.compile(r"[\d\s+().\-/]+")
_REFERENCE = re.compile(r"[0-9a-f]{4,32}")


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, by what, and the reasons of any suppressions that the number meets."""

    contacts: list[Contact] = field(default_factory=list)
    by: str = "nothing"
    is_whole: bool = False
    suppressed: frozenset[str] = frozenset()


def find(user: Any, typed: str) -> dict[Organisation, Found]:
    """What each of the user's organisations has. Who may not see numbers finds them by the whole number only:
    piece by piece they could be read out.
    """
    text = unicodedata.normalize("NFKC", typed).strip()[:150]
    mine = Organisation.objects.filter(pk__in=roles.reach(user, "view_contact"))
    return {
        organisation: _find(organisation, text, parts=roles.may(user, "see_numbers", organisation))
        for organisation in mine
    }


def _find(organisation: Organisation, text: str, *, parts: bool) -> Found:
    if numbers.BSUID.fullmatch(text):
        return _by_bsuid(organisation, text)
    if whole := _whole(organisation, text):
        met = suppressions.met(organisation, whole)
        contacts = _contacts(organisation, _is_one_of(whole))
        if contacts or met or not parts:
            return Found(contacts, "number", True, frozenset(row.reason for row in met))
    wanted = _refers(text)
    if parts and (pieces := _pieces(organisation, text)):
        wanted = wanted | pieces if wanted else pieces
        return Found(_contacts(organisation, wanted), "part of a number")
    return Found(_contacts(organisation, wanted), "reference") if wanted else Found()


def _contacts(organisation: Organisation, wanted: Q) -> list[Contact]:
    rows = Contact.objects.filter(wanted, organisation=organisation).distinct()
    return list(
        rows.select_related("organisation")
        .prefetch_related("identifiers")
        .order_by("-created_at", "-pk")[: MOST + 1]
    )


def _by_bsuid(organisation: Organisation, text: str) -> Found:
    is_it = Q(identifiers__scheme=Scheme.WA_BSUID, identifiers__value=text)
    return Found(_contacts(organisation, is_it), "BSUID", True)


def _whole(organisation: Organisation, text: str) -> tuple[Identifier, ...]:
    """The identifiers of a complete number, as the gate knows them."""
    if not _NUMBER.fullmatch(text):
        return ()
    try:
        e164 = numbers.read(text, organisation.country)
    except numbers.NumberError:
        return ()
    return (*phone(e164), Identifier(Scheme.WA_ID, e164.removeprefix("+")))


def _is_one_of(identifiers: Iterable[Identifier]) -> Q:
    wanted = Q()
    for identifier in identifiers:
        wanted |= Q(identifiers__scheme=identifier.scheme, identifiers__value=identifier.value)
    return wanted


def _pieces(organisation: Organisation, text: str) -> Q | None:
    """Any part of a number: its beginning where it is written as one, else digits from anywhere in it."""
    if not _NUMBER.fullmatch(text):
        return None
    digits = "".join(str(unicodedata.digit(char)) for char in text if char.isdigit())
    if text.startswith("+"):
        return _begins(digits) if digits else None
    wanted = Q(identifiers__value__contains=digits) if len(digits) >= FEWEST_DIGITS else Q(pk=None)
    if digits.startswith("00") and digits[2:]:
        wanted |= _begins(digits[2:])
    national = digits.removeprefix("0")
    if digits.startswith("0") and national:
        calling_code = phonenumbers.country_code_for_region(organisation.country)
        wanted |= _begins(f"{calling_code}{national}")
        if len(national) >= FEWEST_DIGITS:
            wanted |= Q(identifiers__value__contains=national)
    return wanted & Q(identifiers__scheme__in=(Scheme.PHONE, Scheme.WA_ID))


def _begins(digits: str) -> Q:
    return Q(identifiers__scheme=Scheme.PHONE, identifiers__value__startswith=f"+{digits}")


def _refers(text: str) -> Q | None:
    """By the beginning of the person's or a request's id, or by an act's whole id, as the gate has it."""
    given = text.casefold().removeprefix("contact").replace("-", "").strip()
    if not _REFERENCE.fullmatch(given) or (given.isdigit() and len(given) < 8):
        return None
    between = (uuid.UUID(given.ljust(32, "0")), uuid.UUID(given.ljust(32, "f")))
    requests = ConsentRequest.objects.filter(uuid__range=between) if len(given) >= 8 else None
    wanted = Q(uuid__range=between)
    if requests is not None:
        wanted |= Q(events__request__in=requests)
    if len(given) == 32:
        wanted |= Q(pk__in=ConsentEvent.objects.filter(pk=between[0]).values("contact"))
    return wanted
