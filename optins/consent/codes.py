"""The short code that says what was chosen, never who."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

# Crockford's base 32: no I, L, O or U, and read back tolerantly.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_LOOKALIKES = str.maketrans("OIL", "011")
_RUNS = re.compile(r"[0-9A-Za-z]+")
# Bounds for a text that only a program writes.
_MOST_RUNS = 300
_LONGEST_RUN = 300


def make(choose: Callable[[str], str] = secrets.choice) -> str:
    """A new code of eight characters: seven random ones (35 bits) and a check character."""
    while True:
        body = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
        code = body + _check(body)
        # With two of each neither a word nor a number is mistaken for one, even with a character wrong.
        if 2 <= sum(char.isdigit() for char in code) <= LENGTH - 2:
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
    """Everything in the text that may be a code: with spaces or hyphens inside, or run into a word."""
    text = unicodedata.normalize("NFKC", text)
    for start, end in _spans(text):
        if code := read("".join(_RUNS.findall(text[start:end]))):
            yield Candidate(code, f"{text[:start]} {text[end:]}".strip())


def _spans(text: str) -> Iterator[tuple[int, int]]:
    runs = [run.span() for run in islice(_RUNS.finditer(text), _MOST_RUNS)]
    for place, (start, end) in enumerate(runs):
        yield from ((at, at + LENGTH) for at in range(start, min(end - LENGTH, start + _LONGEST_RUN) + 1))
        length = end - start
        for next_start, next_end in runs[place + 1 :]:
            length += next_end - next_start
            if length > LENGTH:
                break
            yield start, next_end


def looks_like_one(text: str) -> bool:
    """Whether a message has something code-like in it that is no valid code: a letter off or cut off, say."""
    runs = _RUNS.findall(unicodedata.normalize("NFKC", text))[:_MOST_RUNS]
    if any(_is_code_like(run, digits=1) for run in runs):
        return True
    # A code with spaces inside, and nothing else; not "12 August".
    return _is_code_like("".join(runs), digits=2) and not any(run.isalpha() and len(run) > 1 for run in runs)


def _is_code_like(run: str, *, digits: int) -> bool:
    # Digits alone are a number of some other kind.
    found = sum(char.isdigit() for char in run)
    return LENGTH - 1 <= len(run) <= LENGTH + 1 and digits <= found < len(run)
