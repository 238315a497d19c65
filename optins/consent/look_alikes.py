"""Letters of other scripts that look like Latin ones: Ѕ, Т, О and Р look like STOP.

The table is data, from Unicode's own (UTS #39).
"""

import json
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "look_alikes.json"


@cache
def letters() -> dict[str, dict[str, str]]:
    """By script: its letters, capital and small, and the Latin letter that each looks like."""
    found: dict[str, dict[str, str]] = json.loads(_DATA.read_text())["scripts"]
    return found


@cache
def _table() -> dict[int, str]:
    return str.maketrans({letter: latin for each in letters().values() for letter, latin in each.items()})


def as_latin(text: str) -> str:
    """The text with each such letter replaced."""
    return text.translate(_table())


def has_others(text: str) -> bool:
    """Whether some of its letters are of these scripts, whatever they look like."""
    return any("\u0370" <= char <= "\u052f" for char in text)


def has_latin(text: str) -> bool:
    """Whether some of its letters are Latin as they stand."""
    return any(char.isascii() and char.isalpha() for char in text)
