"""Digits as people and programs write them: in groups, in any script, encoded for a URL, HTML or JSON."""

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote_plus

HIDDEN = "…"
# Whatever is neither letter nor digit may stand between two digits of one number, invisible marks too.
GAP = r"[\W_]"
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
# With or without a country, in one piece or in groups; between several numbers stand commas.
_NUMBER = r"[(+]{0,2}[0-9](?:(?:[^\w,;:]|_){0,3}[0-9]){6,}"
# As long, and nobody's: a date, and the number of a matter with its year.
_YEAR = "(?:19|20)[0-9]{2}"
_DATE = rf"(?<![0-9])(?:{_YEAR}-[01][0-9]-[0-3][0-9]|[0-3]?[0-9]([./])[01]?[0-9]\1{_YEAR})(?![0-9])"
_MATTER = (
    rf"(?<![0-9])(?<![0-9][ ()./-])(?:[0-9]{{1,6}}/{_YEAR}|{_YEAR}/[0-9]{{1,6}})(?![ ()./-]{{0,2}}[0-9])"
)
_SEEN = re.compile(f"{_DATE}|{_MATTER}|(?P<number>{_NUMBER})")


def folded(text: str) -> str:
    """The text with digits of every script as ours, each in its place."""
    return text if text.isascii() else _OTHER_DIGIT.sub(_as_ours, text)


def _as_ours(digit: re.Match[str]) -> str:
    return str(unicodedata.decimal(digit[0]))


def readings(text: str) -> Iterator[str]:
    """The text, folded, and what it says where it is encoded."""
    yield folded(text)
    if "%" in text:
        yield folded(unquote_plus(text))
    if "&" in text:
        yield folded(html.unescape(text))
    if "\\u" in text:
        yield folded(_unescaped(text))


def _unescaped(text: str) -> str:
    said = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # Two escapes can be the halves of one character.
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def without_numbers(text: str) -> str:
    """A text that somebody wrote, with dots where seven digits or more stood together, as in a number."""
    parts, end = [], 0
    for found in _SEEN.finditer(folded(text)):
        if found["number"]:
            parts += [text[end : found.start()], HIDDEN]
            end = found.end()
    return "".join([*parts, text[end:]])
