"""The short code that says what was chosen, never who."""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Crockford's base 32: no I, L, O or U, and read back tolerantly.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_LOOKALIKES = str.maketrans("OIL", "011")
_RUNS = re.compile(r"[0-9A-Za-z]+")
_MOST_RUNS = 300


def make() -> str:
    """A new code of eight characters: seven random ones (35 bits) and a check character."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        code = body + _check(body)
        # With a letter and two digits no word of any language is mistaken for one.
        if sum(char.isdigit() for char in code) >= 2 and not code.isdigit():
            return code


def _check(body: str) -> str:
    """Luhn's algorithm over 32 symbols: finds every single wrong character."""
    total = 0
    for place, char in enumerate(reversed(body)):
        value = ALPHABET.index(char) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def read(text: str) -> str:
    """The code as it was made, from however it was written; empty when it is none."""
    code = unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)
    valid = len(code) == LENGTH and all(char in ALPHABET for char in code)
    return code if valid and _check(code[:-1]) == code[-1] else ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that a text may contain, and the text without it."""

    code: str
    rest: str


def candidates(text: str) -> Iterator[Candidate]:
    """Every run of eight code characters in the text, also with spaces or hyphens inside."""
    text = unicodedata.normalize("NFKC", text)
    runs = list(_RUNS.finditer(text))[:_MOST_RUNS]
    for start, first in enumerate(runs):
        joined = ""
        for run in runs[start:]:
            joined += run.group()
            if len(joined) > LENGTH:
                break
            if code := read(joined):
                yield Candidate(code, (text[: first.start()] + " " + text[run.end() :]).strip())


def looks_like_one(text: str) -> bool:
    """Whether a message has something code-like in it that is not a valid code: a letter off, say."""
    for run in _RUNS.finditer(text):
        word = run.group().upper().translate(_LOOKALIKES)
        digits = sum(char.isdigit() for char in word)
        if LENGTH - 1 <= len(word) <= LENGTH + 1 and digits >= 2 and not word.isdigit():
            return True
    return False
