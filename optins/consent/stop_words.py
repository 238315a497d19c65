"""How near a message comes to a stop, and why: an exact stop, a narrowed one, a near one, or unsure.

A missed stop is the costly error, so what comes near one stops marketing and asks. But nobody may be
stopped by "we have got to stop this bill", nor by "cancel my appointment".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from babel.languages import get_official_languages

from optins.consent import keywords, stretched, word_lists
from optins.consent.keywords import DEFAULT, Intent, forms, normalise, plain

MOST_WORDS = 6  # of a message that comes near a stop; a stop of several words counts as one
_MOST_WORDS_ABOUT_MESSAGES = 25
_MOST_LETTERS = 12  # where a script puts no spaces between words
_ALIASES = {"fil": "tl"}
_DIGITS = frozenset("0123456789")  # as in "STOP 1"


class Nearness(StrEnum):
    EXACT = "exact"  # everything stops, at once
    NARROWED = "narrowed"  # what it names stops, at once
    NEAR = "near"  # marketing stops, and one question is asked
    UNSURE = "unsure"  # staff decide; marketing waits meanwhile
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard; ``phrase`` is the stop word in it, ``purposes`` the keys that it names."""

    nearness: Nearness
    why: str
    phrase: str = ""
    purposes: tuple[str, ...] = ()


NOTHING = Heard(Nearness.NONE, "It holds no stop word.")


def hear(
    text: str,
    languages: Iterable[str],
    *,
    countries: Iterable[str] = (),
    titles: Mapping[str, Iterable[str]] | None = None,
) -> Heard:
    """How near the message comes to a stop.

    ``languages``: those that are spoken here; ``countries``: theirs count besides. ``titles``: by key, what
    each purpose is called, in any language.
    """
    spoken, text = spoken_in(languages, countries), _unspelled(text)
    words = stretched.folded(normalise(text).split())
    if keywords.means(text, Intent.STOP, spoken) or _only_stops(words, spoken):
        return Heard(Nearness.EXACT, "The whole message is a stop word.", normalise(text) or text.strip())
    found = _hear(words, spoken, titles or {})
    return found if found.phrase else _hear(plain(" ".join(words)).split(), spoken, titles or {})


def _unspelled(text: str) -> str:
    """ "S T O P" is a word."""
    letters = normalise(text).split()
    is_spelled = len(letters) > 2 and all(len(letter) == 1 for letter in letters)
    return "".join(letters) if is_spelled else text


def _only_stops(words: list[str], spoken: frozenset[str]) -> bool:
    """As in "stop stop stop"."""
    phrase, rest = _without_stops(words, spoken)
    return bool(phrase) and not rest


def _hear(words: list[str], spoken: frozenset[str], titles: Mapping[str, Iterable[str]]) -> Heard:
    text = " ".join(words)
    if elsewhere := keywords.scopes(Intent.STOP).get(text):
        return _of_another_language(text, elsewhere)
    phrase, rest = _without_stops(words, spoken)
    if not phrase:
        return _unspaced(text)
    if named := _named(rest, titles):
        return Heard(Nearness.NARROWED, "A stop word, and what is to stop.", phrase, named)
    return _beside(phrase, words, rest)


def _beside(phrase: str, words: list[str], rest: list[str]) -> Heard:
    """What stands beside a stop word decides."""
    others = set(rest) - word_lists.courtesies() - _DIGITS
    is_everyday, beside = phrase in word_lists.everyday(), others & word_lists.about_messages()
    if others == beside:
        return Heard(Nearness.NEAR, "A stop word, and nothing beside it but courtesy.", phrase)
    # The word itself may be about messages, as "unsubscribe".
    is_about_messages = bool(beside or set(phrase.split()) & word_lists.about_messages())
    if not is_about_messages and _is_of_something_else(phrase, words):
        return Heard(Nearness.NONE, "About something else, which they mean to stop themselves.", phrase)
    if len(rest) >= MOST_WORDS:
        if is_about_messages and not is_everyday and len(words) <= _MOST_WORDS_ABOUT_MESSAGES:
            return Heard(Nearness.UNSURE, "A long message with a stop word, about messages.", phrase)
        return Heard(Nearness.NONE, "A stop word in a long message about something else.", phrase)
    if is_everyday:
        if is_about_messages:
            return Heard(Nearness.UNSURE, "An everyday word for stop, and something about messages.", phrase)
        return Heard(Nearness.NONE, "An everyday word, about something else.", phrase)
    return Heard(Nearness.UNSURE, "A stop word beside other words.", phrase)


def _is_of_something_else(phrase: str, words: list[str]) -> bool:
    """As in "we must stop this bill"."""
    before, _, after = f" {' '.join(words)} ".partition(f" {phrase} ")
    is_ours = any(before.endswith(f" {start}") for start in word_lists.our_own())
    return is_ours and not set(after.split()) <= word_lists.courtesies()


def _of_another_language(text: str, codes: set[str]) -> Heard:
    """A whole stop word of a language that nobody speaks here, unless it is a common word elsewhere."""
    if text in word_lists.collisions():
        return Heard(Nearness.NONE, f"A stop word in {', '.join(sorted(codes))} alone.", text)
    return Heard(Nearness.NEAR, f"A stop word of another language: {', '.join(sorted(codes))}.", text)


def _unspaced(text: str) -> Heard:
    """Scripts without spaces: a short message that begins or ends with a stop word."""
    if len(text) > _MOST_LETTERS or text.isascii():
        return NOTHING
    for phrase in word_lists.unspaced_stops():
        if phrase in (text[: len(phrase)], text[-len(phrase) :]):
            return Heard(Nearness.UNSURE, "A stop word, written together with others.", phrase)
    return NOTHING


def _without_stops(words: list[str], spoken: frozenset[str]) -> tuple[str, list[str]]:
    """The stop word that counts here, the longest one first, and the words beside it and any further one."""
    found: list[str] = []
    phrase, rest = _without_a_stop(words, spoken)
    while phrase:
        found.append(phrase)
        phrase, rest = _without_a_stop(rest, spoken)
    plain_ones = (phrase for phrase in found if phrase not in word_lists.everyday())
    return next(plain_ones, found[0] if found else ""), rest


def _without_a_stop(words: list[str], spoken: frozenset[str]) -> tuple[str, list[str]]:
    stops = keywords.scopes(Intent.STOP)
    for length in range(min(_longest_stop(), len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            phrase = " ".join(words[start : start + length])
            if not spoken.isdisjoint(stops.get(phrase, ())):
                return phrase, words[:start] + words[start + length :]
    return "", words


@cache
def _longest_stop() -> int:
    return max(len(phrase.split()) for phrase in keywords.scopes(Intent.STOP))


def _named(rest: list[str], titles: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The purposes that these words name, and nothing else."""
    said = " ".join(rest)
    bare = " ".join(word for word in rest if word not in word_lists.courtesies())
    return tuple(
        key for key, names in titles.items() if any(forms(name) & {said, bare} - {""} for name in names)
    )


def spoken_in(languages: Iterable[str], countries: Iterable[str]) -> frozenset[str]:
    """Where words count that mean something else elsewhere; ``*`` stands for those of every language."""
    codes = {code for country in countries for code in of_country(country)}
    return frozenset({"*", DEFAULT, *codes}.union(*({code, code.split("-")[0]} for code in languages)))


def is_everyday(phrase: str) -> bool:
    """Whether it is also written about other things, as "cancel"."""
    return phrase in word_lists.everyday()


@cache
def of_country(country: str) -> tuple[str, ...]:
    """The official languages of a country (ISO alpha-2), regional ones too; none of an unknown one."""
    codes = get_official_languages(country.upper(), regional=True, de_facto=True) if country else ()
    return tuple(_ALIASES.get(code, code.split("_")[0]) for code in codes)
