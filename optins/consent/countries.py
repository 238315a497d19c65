"""Countries by their codes (ISO 3166 alpha-2) and names."""

from collections.abc import Mapping
from functools import cache

import phonenumbers
from babel import Locale


class CountryError(ValueError):
    """What was typed is no country's code; the message says which word it is."""


@cache
def names() -> Mapping[str, str]:
    """The English name of each country that has telephone numbers, by its code, in the order of the names."""
    known = Locale("en").territories
    codes = (code for code in phonenumbers.SUPPORTED_REGIONS if code in known)
    return {code: known[code] for code in sorted(codes, key=lambda code: known[code])}


def name(code: str) -> str:
    """In English; the code itself where nobody knows it."""
    return names().get(code, code)


def read(text: str) -> list[str]:
    """The codes in a text such as ``de, KE``, each once, in order. Raises CountryError."""
    codes = dict.fromkeys(text.upper().replace(",", " ").replace(";", " ").split())
    if unknown := [code for code in codes if code not in names()]:
        raise CountryError(f"No country has the code {unknown[0]}.")
    return sorted(codes)
