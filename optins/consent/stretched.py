"""Stop words as people type them in a temper: "stoppp", "STOP1". For stops alone: nothing else is read so."""

import re
from functools import cache

from optins.consent import keywords
from optins.consent.keywords import Intent

_DIGITS = re.compile(r"\d+$")
_STRETCHED = re.compile(r"(\w)\1{2,}$")  # no language ends a word with one letter three times


def folded(words: list[str]) -> list[str]:
    """The words, normalised, each without what was added to a word of a stop."""
    return [_folded(word) for word in words]


def _folded(word: str) -> str:
    if word in _of_stops():
        return word
    bare = _DIGITS.sub("", word)
    forms = (bare, _STRETCHED.sub(r"\1\1", bare), _STRETCHED.sub(r"\1", bare))
    return next((form for form in forms if form in _of_stops()), word)


@cache
def _of_stops() -> frozenset[str]:
    return frozenset(word for phrase in keywords.scopes(Intent.STOP) for word in phrase.split())
