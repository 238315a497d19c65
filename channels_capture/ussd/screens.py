"""Texts cut to what a USSD screen holds. Pure.

A screen has 160 octets: 182 characters of GSM's own alphabet, or 80 of any other (3GPP TS 23.038, 22.090).
"""

from collections.abc import Callable

LONGEST, LONGEST_UCS2 = 182, 80
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€\f")  # an escape goes before them


def fits(text: str) -> bool:
    """Whether the text stands on one screen."""
    characters = set(text)
    if characters <= _GSM | _TWICE:
        return len(text) + sum(text.count(char) for char in _TWICE) <= LONGEST
    return len(text.encode("utf-16-be")) // 2 <= LONGEST_UCS2


def pages(text: str, more: str, choices: str = "") -> list[str]:
    """The text on as few screens as it takes: ``more`` stands below all but the last, there ``choices``.

    The choices never stand alone, so that whoever chooses sees what it is about.
    """
    found = []
    while not fits(f"{text}{choices}"):
        end = _end(text, more)
        found.append(f"{text[:end].rstrip()}{more}")
        text = text[end:].lstrip()
    return [*found, f"{text}{choices}"]


def _end(text: str, more: str) -> int:
    """Where the screen ends: after a sentence's line or a word, if there is one; never at the very end."""
    last = max(text.rstrip().rfind(" "), text.rstrip().rfind("\n"), len(text) // 2)
    longest = next(end for end in range(min(last, LONGEST), 0, -1) if fits(f"{text[:end]}{more}"))
    if text[longest : longest + 1].isspace():
        return longest
    word = max(text.rfind(" ", 0, longest), text.rfind("\n", 0, longest))
    return word if word > 0 else longest


def shortened(name: str, filled: Callable[[str], str]) -> str:
    """A text with a name in it, whole on one screen: of a long name only the beginning."""
    for end in range(len(name), 0, -1):
        text = filled(name if end == len(name) else f"{name[:end].rstrip()}…")
        if fits(text):
            return text
    return filled("…")
