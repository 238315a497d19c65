"""Within how many days a person's request about their own data is answered, by country.

The rule packs are data (``data/rulepacks``), each value with its source and with how sure of it one can
be: ``primary``, ``secondary`` or ``unconfirmed``. What is unconfirmed may tighten, and never loosens.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from optins.models import DataSubjectRequest

_DATA = Path(__file__).parent / "data" / "rulepacks"
Kind = DataSubjectRequest.Kind
# Where no pack knows better; also what an unconfirmed longer time does not lengthen.
USUAL_DAYS = 30
_FIELDS = {
    Kind.ACCESS: "access_days",
    Kind.CORRECT: "rectification_days",
    Kind.ERASE: "erasure_days",
    Kind.OBJECT: "erasure_days",
}


@dataclass(frozen=True, slots=True)
class Days:
    """Calendar days to answer in, and the pack that says so (``KE 0.1.0``); empty where none does."""

    days: int
    pack: str = ""


@cache
def _packs() -> dict[str, dict[str, Any]]:
    files = (path for path in sorted(_DATA.glob("*.json")) if not path.stem.endswith(".schema"))
    return {path.stem: json.loads(path.read_text()) for path in files}


def _packs_of(countries: Iterable[str]) -> list[dict[str, Any]]:
    """The packs of these countries (ISO alpha-2) and all that they extend; unknown countries have none."""
    wanted = {country.upper() for country in countries if country}
    waiting = [name for name, pack in _packs().items() if wanted & set(pack["jurisdiction"]["iso3166"])]
    found: dict[str, dict[str, Any]] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _packs()[name]
            waiting += found[name]["extends"]
    return list(found.values())


def of(kind: str, countries: Iterable[str]) -> Days:
    """The strictest of what the packs of these countries say for a request of this kind."""
    packs = _packs_of(countries)
    said = [
        (Days(field["value"], f"{pack['id']} {pack['version']}"), field["status"])
        for pack in packs
        if (field := pack["rules"].get("rights", {}).get(_FIELDS[Kind(kind)]))
    ]
    confirmed = [days for days, status in said if status != "unconfirmed"]
    usual = min(confirmed, key=_days, default=Days(USUAL_DAYS))
    tighter = [days for days, status in said if status == "unconfirmed" and days.days < usual.days]
    return min(tighter, key=_days, default=usual)


def _days(days: Days) -> int:
    return days.days
