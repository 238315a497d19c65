"""Who sent a WhatsApp message: a number, a business-scoped user id, or both."""

from typing import Any

from channels_capture.reading import objects, string
from optins.consent.numbers import BSUID, NumberError
from optins.consent.signal import Identifier, whatsapp

Raw = dict[str, Any]
Identifiers = tuple[Identifier, ...]


def identifiers(number: str, bsuid: str, scope: str) -> Identifiers:
    """Those that these texts are; none for what is neither a number nor a BSUID."""
    bsuid = bsuid if BSUID.fullmatch(bsuid) else ""
    try:
        return whatsapp(digits=number, bsuid=bsuid, scope=scope)
    except NumberError:
        return whatsapp(bsuid=bsuid, scope=scope)


def sender(raw: Raw, contacts: list[Raw], scope: str) -> tuple[Identifiers, Raw]:
    """Number and BSUID of the message, completed from its own entry in ``contacts``, and that entry."""
    number, bsuid = string(raw, "from"), string(raw, "from_bsuid", "from_user_id")
    if BSUID.fullmatch(number):
        number, bsuid = "", bsuid or number
    contact = _contact_of(number, bsuid, contacts)
    number = number or string(contact, "wa_id")
    bsuid = bsuid or string(contact, "user_id")
    if BSUID.fullmatch(number):
        number, bsuid = "", bsuid or number
    return identifiers(number or _own_number(raw), bsuid, scope), contact


def _contact_of(number: str, bsuid: str, contacts: list[Raw]) -> Raw:
    for contact in contacts:
        same_number = number and string(contact, "wa_id") == number
        same_bsuid = bsuid and string(contact, "user_id") == bsuid
        if same_number or same_bsuid:
            return contact
    nameless = not number and not bsuid
    return contacts[0] if nameless and len(contacts) == 1 else {}


def _own_number(raw: Raw) -> str:
    """The number that they shared when asked for it. Any other card may be of somebody else."""
    for card in objects(raw, "contacts"):
        if string(card, "origin") == "contact_request":
            return next((string(phone, "wa_id") for phone in objects(card, "phones")), "")
    return ""
