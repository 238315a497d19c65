"""The short code of a placement: printed, scanned, and typed by hand."""

import secrets

# Nothing that is read for something else: no 0, 1, I, L, O, U. A QR code holds it in alphanumeric mode.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORTEST = 5


def make(length: int = SHORTEST) -> str:
    """A new code: random characters and a check character, which finds every single wrong one."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return body + _check(body)


def is_whole(code: str) -> bool:
    """Whether the check character fits the others."""
    known = len(code) >= SHORTEST and all(char in ALPHABET for char in code)
    return known and _check(code[:-1]) == code[-1]


def _check(body: str) -> str:
    """Luhn's algorithm over 30 symbols: every single wrong character shows, and most swapped neighbours."""
    size, total = len(ALPHABET), 0
    for place, char in enumerate(reversed(body)):
        value = ALPHABET.index(char) * (2 if place % 2 == 0 else 1)
        total += value // size + value % size
    return ALPHABET[-total % size]
