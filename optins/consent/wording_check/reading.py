"""How the check reads a text: as people see it, sentence by sentence, whatever its script."""

import re
import unicodedata
from functools import lru_cache

from optins.consent.keywords import normalise, plain

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w.-]+\.[a-z]{2,}/\S*", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_END = re.compile(r"[.!?;…\n।॥؟؛。！？]+")
_HIDDEN = "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u180e\u034f"
_TURNED = re.compile("[\u202a-\u202e]")
_HIDDEN_IN_LATIN = re.compile(f"[A-Za-z][{_HIDDEN}]+[A-Za-z]")
_WORD = re.compile(r"[^\W\d_]+")


def prose(text: str) -> str:
    """What is read as words: without comments, markup, addresses and invisible signs around Latin letters."""
    for pattern in (_COMMENT, _TAG, _LINK, _MAIL):
        text = pattern.sub(" ", text)
    return unicodedata.normalize("NFC", text)


def words(text: str) -> str:
    """The text as plain words between single spaces, one space at each end."""
    return f" {plain(normalise(text))} "


def sentences(text: str) -> list[str]:
    """Each sentence as plain words; numbers such as 1.5 may be cut, which harms nothing here."""
    return [words(part) for part in _END.split(text) if part.strip()]


def matches(pattern: str, sentence: str) -> bool:
    """Whether all parts of ``part + part`` stand in the sentence: each begins a word there.

    ``*part`` may stand inside a word, ``part$`` ends with its word.
    """
    return all(_part(part.strip()) in sentence for part in pattern.split("+"))


@lru_cache(4096)
def _part(part: str) -> str:
    start, end = ("" if part.startswith("*") else " "), (" " if part.endswith("$") else "")
    return f"{start}{plain(normalise(part.strip('*$')))}{end}"


def says(text: str, patterns: list[str]) -> bool:
    """Whether any sentence of the text has any of the patterns."""
    return any(matches(pattern, sentence) for sentence in sentences(text) for pattern in patterns)


def scripts_of(text: str) -> set[str]:
    """The scripts of its letters as Unicode names them: ``LATIN``, ``ARABIC``."""
    return {_script(char) for char in text if char.isalpha()}


def _script(char: str) -> str:
    return unicodedata.name(char, "?").split()[0]


def tricks(text: str) -> list[str]:
    """What makes a text look like other words than it has, each in words for a person."""
    found = []
    if _COMMENT.search(text) or _TAG.search(text):
        found.append("It contains HTML, which people see as it is or not at all.")
    if _TURNED.search(text):
        found.append("It contains signs that turn the direction of the text round.")
    if _HIDDEN_IN_LATIN.search(text):
        found.append("It contains invisible signs inside a word.")
    if mixed := mixed_words(text):
        found.append(f"It mixes letters of different alphabets in one word: {', '.join(mixed)}.")
    return found


def mixed_words(text: str) -> list[str]:
    """Words such as ``WhаtsApp`` with a Cyrillic а. A hyphen or an apostrophe ends a word."""
    alike = {"LATIN", "CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN", "FULLWIDTH", "MATHEMATICAL"}
    found = {word for word in _WORD.findall(text) if len({_script(char) for char in word} & alike) > 1}
    return sorted(found)
