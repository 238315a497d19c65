"""Words that decide nothing by themselves: courtesies, words about messages, stop words of every day.

They are data, as the intents are, and count whatever the language.
"""

from functools import cache

from optins.consent import keywords
from optins.consent.keywords import forms


@cache
def _phrases(kind: str) -> frozenset[str]:
    entries = (entry for language in keywords.data()["languages"] for entry in language.get(kind, ()))
    return frozenset(form for entry in entries for form in forms(entry["text"]))


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(word for phrase in _phrases(kind) for word in phrase.split())


def courtesies() -> frozenset[str]:
    return _words("courtesy")


def about_messages() -> frozenset[str]:
    return _words("about_messages")


def everything() -> frozenset[str]:
    """The phrases that say "all of it"."""
    return _phrases("everything")


@cache
def everyday() -> frozenset[str]:
    """Stop words that are also written about other things, as "cancel"."""
    return frozenset(form for word in keywords.data()["everyday"]["words"] for form in forms(word))


@cache
def our_own() -> frozenset[str]:
    """What stands before a stop word where people mean to stop something else themselves."""
    return frozenset(form for words in keywords.data()["our_own"]["words"] for form in forms(words))


@cache
def collisions() -> frozenset[str]:
    """Words that say something else in another language."""
    words = (word for row in keywords.data()["collisions"] for word in row["word"].split(" / "))
    return frozenset(form for word in words for form in forms(word))


@cache
def unspaced_stops() -> tuple[str, ...]:
    """The stop words of scripts that put no spaces between words."""
    found = {
        form
        for language in keywords.data()["languages"]
        if language["code"] in ("zh", "ja", "th", "my")
        for entry in language["stop"]
        for form in forms(entry["text"])
    }
    return tuple(sorted(form for form in found if not form.isascii() and form not in everyday()))
