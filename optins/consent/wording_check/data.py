"""The check's data: what each language says in its own words, and how pack elements map to ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent.parent / "data" / "wording"
# Not languages: what all of them share.
_SHARED = {"elements", "whatsapp"}


@dataclass(frozen=True, slots=True)
class Language:
    """What the check knows of one language.

    ``scripts``: as Unicode names them. ``common``: words by which it is told from others. ``send``: how it
    says "send us". ``elements``: patterns by element, see ``reading.matches``.
    """

    code: str
    scripts: tuple[str, ...]
    common: frozenset[str]
    send: tuple[str, ...]
    negations: tuple[str, ...]
    elements: Mapping[str, list[str]] = field(default_factory=dict)


@cache
def _read(name: str) -> dict[str, Any]:
    return json.loads((_DATA / f"{name}.json").read_text())


@cache
def languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _DATA.glob("*.json") if path.stem not in _SHARED))


@cache
def language(code: str) -> Language | None:
    """What is known of the language, its region aside; None where nothing is."""
    base = next((known for known in (code, code.split("-")[0]) if known in languages()), None)
    if base is None:
        return None
    row = _read(base)
    return Language(
        base,
        tuple(row["scripts"]),
        frozenset(row["common"]),
        tuple(row["send"]),
        tuple(row["negations"]),
        row["elements"],
    )


def element_of(asked: str) -> str:
    """Our name for what a pack asks for; packs have several for the same thing."""
    return _read("elements")["same_as"].get(asked, asked)


def missing_text(element: str) -> str:
    """What is missing, in words for staff."""
    return _read("elements")["missing"].get(element, f"It does not say: {element.replace('_', ' ')}.")


def kept_by_the_portal(element: str) -> str:
    """How the portal itself does what a pack asks, whatever the wording; empty where it does not."""
    return _read("elements")["kept_by_the_portal"].get(element, "")


def elements() -> dict[str, str]:
    """What is missing, by element, for tables."""
    return dict(_read("elements")["missing"])


def spellings_of_whatsapp(code: str) -> list[str]:
    """The name, then its spellings in the language's own script."""
    spellings = _read("whatsapp")["spellings"]
    return ["WhatsApp", *spellings.get(code, []), *spellings.get(code.split("-")[0], [])]


def lookalikes() -> dict[str, str]:
    """Letters of other alphabets that look like Latin ones."""
    return dict(_read("whatsapp")["lookalikes"])
