"""How many short messages a text takes by SMS: GSM-7 where its alphabet has every letter, else UCS-2.

3GPP TS 23.038 (the alphabets) and TS 23.040 (long messages: six octets of each part say which part it is).
"""

from dataclasses import dataclass

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each takes two places: a sign to change the table comes before it.
_EXTENDED = "\f^{}\\[~]|€"
GSM7, UCS2 = "GSM-7", "UCS-2"
_ALONE = {GSM7: 160, UCS2: 70}
_IN_PARTS = {GSM7: 153, UCS2: 67}


@dataclass(frozen=True, slots=True)
class Segments:
    """``units``: septets in GSM-7, 16-bit units in UCS-2. ``count``: messages that are sent, and paid for."""

    encoding: str
    units: int
    count: int


def segments(text: str) -> Segments:
    """What the text takes; nothing for no text. No letter is cut in two at the end of a part."""
    if is_gsm7(text):
        return _counted(GSM7, [2 if char in _EXTENDED else 1 for char in text])
    return _counted(UCS2, [2 if ord(char) > 0xFFFF else 1 for char in text])


def is_gsm7(text: str) -> bool:
    """Whether the default alphabet and its extension have every character."""
    return all(char in _BASIC or char in _EXTENDED for char in text)


def _counted(encoding: str, sizes: list[int]) -> Segments:
    units = sum(sizes)
    if units <= _ALONE[encoding]:
        return Segments(encoding, units, 1 if units else 0)
    count, room = 1, _IN_PARTS[encoding]
    for size in sizes:
        if size > room:
            count, room = count + 1, _IN_PARTS[encoding]
        room -= size
    return Segments(encoding, units, count)
