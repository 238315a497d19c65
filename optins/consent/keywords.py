"""What a whole message says: stop, not me, a loss, start, yes, no, help, forget me.

The words are data, in 44 languages. What only comes near a stop is told apart in ``stop_words``.
A missed stop is the costly error, so the stop words of every language count everywhere, unless they
mean something else in another language (``scope: language``).
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from optins.consent import look_alikes

_DATA = Path(__file__).parent / "data" / "keywords.json"
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\u00ad]")
_STOP_SIGN = "\N{OCTAGONAL SIGN}"
DEFAULT = "en"


class Intent(StrEnum):
    STOP = "stop"
    START = "start"
    YES = "yes"
    NO = "no"
    HELP = "help"
    FORGET = "forget"
    NOT_ME = "not_me"
    LOSS = "loss"


# What letters that only look alike may say: never a yes, nor a wish to be asked.
_AGAINST = (Intent.STOP, Intent.NO, Intent.NOT_ME)


def normalise(text: str) -> str:
    """The message without what people vary: case, width, punctuation, emoji, spaces.

    Turkish has two letters where others have i and I; here they are one, so that each case of either meets.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).replace("İ", "i").casefold()
    text = text.replace("ı", "i")
    kept = "".join(char if _is_word(char) else " " for char in text)
    return " ".join(kept.split())


@lru_cache(4096)
def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"


def plain(text: str) -> str:
    """A second form without accents and vowel marks: ``não`` is ``nao``, ``désabonner`` too."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not _is_accent(c))
    return unicodedata.normalize("NFC", bare.translate(_ARABIC))


@lru_cache(4096)
def _is_accent(char: str) -> bool:
    # Latin accents and Arabic vowel marks; Indic vowel signs are letters in all but name.
    return unicodedata.category(char) == "Mn" and (char < "\u0370" or "\u064b" <= char <= "\u0670")


_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ک": "ك", "ی": "ي", "ـ": None})


def forms(text: str) -> set[str]:
    """The normalised text, with accents and without."""
    return {normalise(text), plain(normalise(text))}


@cache
def data() -> dict[str, Any]:
    """The file as it is."""
    return json.loads(_DATA.read_text())


@cache
def _words() -> dict[Intent, dict[str, set[str]]]:
    """Normalised word -> the languages in which it has that meaning; ``*`` for all."""
    words: dict[Intent, dict[str, set[str]]] = {intent: {} for intent in Intent}
    for language in data()["languages"]:
        for intent in Intent:
            for entry in language.get(intent, []):
                if entry.get("auto") is False:
                    continue
                scope = "*" if entry.get("scope") == "any" else language["code"]
                for form in forms(entry["text"]):
                    words[intent].setdefault(form, set()).add(scope)
    return words


def scopes(intent: Intent) -> dict[str, set[str]]:
    """Each word with this meaning, normalised, and the languages in which it has it; ``*`` for all."""
    return _words()[intent]


@cache
def languages() -> tuple[str, ...]:
    """The codes of the languages that have words here."""
    return tuple(language["code"] for language in data()["languages"])


def languages_of(text: str, intent: Intent) -> frozenset[str]:
    """The languages in which the whole message means this; ``*`` where it does in all."""
    word = normalise(text)
    if not word:
        return frozenset("*" if intent == Intent.STOP and _STOP_SIGN in text else ())
    return _as_written(text, intent) or _as_it_looks(text, intent)


def _as_written(text: str, intent: Intent) -> frozenset[str]:
    return frozenset().union(*(_words()[intent].get(form, ()) for form in forms(text)))


def _as_it_looks(text: str, intent: Intent) -> frozenset[str]:
    """The same of letters that look like the word's, where as written the message says nothing at all.

    In letters of one other script alone it may be a word of that script's own.
    """
    is_odd = intent in _AGAINST and look_alikes.has_others(text)
    if not is_odd or any(_as_written(text, other) for other in Intent):
        return frozenset()
    seen = forms(look_alikes.as_latin(text))
    found = frozenset().union(*(_drawn()[intent].get(form, ()) for form in seen))
    word = normalise(text)
    if look_alikes.has_latin(word):
        return found
    return found & {"*", DEFAULT} if len(word) > 1 else frozenset()


@cache
def _drawn() -> dict[Intent, dict[str, set[str]]]:
    """The words as they look: with Latin letters for all that look so."""
    drawn: dict[Intent, dict[str, set[str]]] = {intent: {} for intent in _AGAINST}
    for intent, words in drawn.items():
        for word, scopes in _words()[intent].items():
            words.setdefault(look_alikes.as_latin(word), set()).update(scopes)
    return drawn


def means(text: str, intent: Intent, languages: Iterable[str]) -> bool:
    """Whether the whole message means this, in one of these languages (English always counts)."""
    scopes = {"*", DEFAULT}.union(*({code, code.split("-")[0]} for code in languages))
    return not scopes.isdisjoint(languages_of(text, intent))


def is_join(text: str, join_words: Iterable[str]) -> bool:
    """Whether the message begins with one of the channel's join words and says little more."""
    return beside_join(text, join_words) is not None


def beside_join(text: str, join_words: Iterable[str]) -> str | None:
    """The little that it says more; None where it does not begin so."""
    message = plain(normalise(text)).split()
    for word in join_words:
        wanted = plain(normalise(word)).split()
        if wanted and message[: len(wanted)] == wanted and len(message) <= len(wanted) + 2:
            return " ".join(message[len(wanted) :])
    return None
