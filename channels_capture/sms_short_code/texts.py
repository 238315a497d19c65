"""What all SMS share: they come from a phone number, which may be no number at all."""

from typing import ClassVar

from optins.consent.numbers import NumberError, from_platform
from optins.consent.signal import Identifier, phone

PROVES = "control of the phone number, not that it is on WhatsApp"


class Sms:
    """What an SMS proves, for every provider of one."""

    proves: ClassVar[str] = PROVES


def sender(address: str) -> tuple[Identifier, ...]:
    """The number in international form, with a plus, two zeros or neither.

    None for a name, a short code or a national number: nobody in particular.
    """
    digits = address.strip().removeprefix("00")
    try:
        return phone(from_platform(digits))
    except NumberError:
        return ()
