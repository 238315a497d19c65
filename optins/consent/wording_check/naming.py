"""Whether a text names WhatsApp and the organisation, properly and for people to read."""

import re
import unicodedata
from collections.abc import Iterable

from optins.consent.wording_check import data, reading

_NAME = "whatsapp"
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
# What people write instead of it.
_MISSPELT = re.compile(
    r"\b(?:what'?s[\s-]+app|wh?at'?s[\s-]*ap{1,2}|w[h]?ats[\s-]*up|whatsap|wats[\s-]*app?|what'?sapp)\b"
)


def names_whatsapp(text: str, language: str) -> bool:
    """In Latin letters, whatever the case, or spelt as people write it in that language."""
    seen = reading.prose(text)
    folded = seen.casefold()
    if re.search(rf"(?<![^\W_]){_NAME}(?![^\W_])", folded):
        return True
    return any(
        spelling in _joined(seen) for spelling in map(_joined, data.spellings_of_whatsapp(language)[1:])
    )


def _joined(text: str) -> str:
    """Zero-width joiners are a matter of taste in scripts that have them."""
    return reading.words(_INVISIBLE.sub("", text)).strip()


def lookalike_of_whatsapp(text: str) -> str:
    """What stands there instead of the name: misspelt, spaced, or in letters that only look like it."""
    clear = unicodedata.normalize("NFKC", _INVISIBLE.sub("", reading.prose(text))).casefold()
    clear = clear.replace("’", "'").replace("`", "'")
    straight = "".join(data.lookalikes().get(char, char) for char in clear)
    if straight != reading.prose(text).casefold() and _NAME in straight:
        return _around(straight, text)
    if match := _MISSPELT.search(straight.replace(_NAME, " ")):
        return match.group()
    spaced = re.search(
        r"\bw[\s.*_-]*h[\s.*_-]*a[\s.*_-]*t[\s.*_-]*s[\s.*_-]*a[\s.*_-]*p[\s.*_-]*p\b", straight
    )
    return spaced.group() if spaced and spaced.group() != _NAME else ""


def _around(straight: str, text: str) -> str:
    """The odd one among the words of the text; the name itself where it cannot be told."""
    for word in re.findall(r"\S+", reading.prose(text)):
        plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", word)).casefold()
        bare = "".join(data.lookalikes().get(char, char) for char in plain)
        if _NAME in bare and _NAME not in word.casefold():
            return word.strip(".,:;!?")
    return ""


def is_only_denied(text: str, language: str) -> bool:
    """Whether each sentence that names WhatsApp has a "not" in it."""
    known = data.language(language)
    if known is None:
        return False
    naming = [part for part in reading.sentences(reading.prose(text)) if _NAME in part]
    return bool(naming) and all(reading.says(part, list(known.negations)) for part in naming)


def names_organisation(text: str, forms: Iterable[str]) -> bool:
    """Any of the forms, with up to three letters before or after it where it is long enough to tell."""
    seen = _folded(reading.prose(text))
    return any(_names(seen, _folded(form)) for form in forms if form.strip())


def _names(seen: str, form: str) -> bool:
    more = r"\w{0,3}" if len(form) > 3 else ""
    pattern = r"\s+".join(re.escape(word) for word in form.split())
    return re.search(rf"(?<!\w){more}{pattern}{more}(?!\w)", seen) is not None


def _folded(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).casefold().split())
