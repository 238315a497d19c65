"""What says yes to "shall everything stop?": more than a yes, for a missed stop is the costly error.

Only of somebody who is being asked just that. A stop word is one besides (``stop_words``).
"""

from collections.abc import Iterable

from optins.consent import keywords, word_lists
from optins.consent.keywords import Intent, normalise
from optins.consent.stop_words import MOST_WORDS, spoken_in

_LONGEST_YES = 3  # words


def means_everything(text: str, languages: Iterable[str], *, countries: Iterable[str] = ()) -> bool:
    """Whether a short message holds a yes in one of these languages, or says "all" in any."""
    words = normalise(text).split()
    if len(words) > MOST_WORDS:
        return False
    return _holds_a_yes(words, spoken_in(languages, countries)) or _says_all(words)


def _holds_a_yes(words: list[str], spoken: frozenset[str]) -> bool:
    """What may be another word as well, as "si", says yes at the beginning alone."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_YES, len(words)) + 1):
            phrase = " ".join(words[start:end])
            is_yes = not spoken.isdisjoint(keywords.scopes(Intent.YES).get(phrase, ()))
            if is_yes and (start == 0 or phrase not in word_lists.collisions()):
                return True
    return False


def _says_all(words: list[str]) -> bool:
    every = word_lists.everything()
    own = {word for phrase in every for word in phrase.split()}
    left = [word for word in words if word in own or word not in word_lists.courtesies()]
    return " ".join(left) in every
