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


def telling(text: str, more: str) -> list[str]:
    """The text on as few screens as it takes, with ``more`` below each."""
    found, left = [], text
    while left.strip():
        end = len(left) if fits(f"{left}{more}") else _end(left, more)
        found.append(f"{left[:end].strip()}{more}")
        left = left[end:].lstrip()
    return found


def asking(text: str, more: str, choices: str) -> list[str]:
    """The same with ``choices`` below the last, and above them as much of the text as there is room for.

    So whoever chooses sees what it is about.
    """
    start = _start_of_last(text, choices)
    return [*telling(text[:start], more), f"{text[start:].lstrip()}{choices}"]


def _start_of_last(text: str, choices: str) -> int:
    """Where the last screen begins: at a word, if one of them fits."""
    starts = range(max(0, len(text) - LONGEST), len(text))
    first = next((at for at in starts if fits(f"{text[at:].lstrip()}{choices}")), len(text))
    words = (at for at in range(first, len(text)) if at == 0 or text[at - 1].isspace())
    return next(words, first)


def _end(text: str, more: str) -> int:
    """Where a screen ends: after a line, if that fills half of it, or a word, if there is one."""
    longest = next(end for end in range(min(len(text), LONGEST), 0, -1) if fits(f"{text[:end]}{more}"))
    line = text.rfind("\n", 0, longest)
    if line > longest // 2:
        return line
    word = max(text.rfind(char, 0, longest + 1) for char in " \n")
    return word if word > 0 else longest


def shortened(name: str, filled: Callable[[str], str]) -> str:
    """A text with a name in it, whole on one screen: of a long name only the beginning."""
    for end in range(len(name), 0, -1):
        text = filled(name if end == len(name) else f"{name[:end].rstrip()}…")
        if fits(text):
            return text
    return filled("…")
