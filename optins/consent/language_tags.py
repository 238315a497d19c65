"""Language tags: the part of BCP 47 (RFC 5646) that names a language, its script and its region."""

import re

# Three digits of a region name nobody; more would have room for a number.
TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?")
WRONG = "Write the language as a code, such as en or pt-BR."


def is_tag(text: str) -> bool:
    """Whether it is one: ``en``, ``pt-BR``, ``zh-Hant``, ``es-419``."""
    return TAG.fullmatch(text) is not None


def tag_or_nothing(text: str) -> str:
    """What somebody else says is a language, where it is one: a stop is not lost over its language."""
    return text if is_tag(text) else ""
