"""Within how many days a person's request about their own data is answered, by country: from the packs."""

from collections.abc import Iterable
from dataclasses import dataclass

from optins.consent.rulepacks import packs
from optins.models import DataSubjectRequest

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


def of(kind: str, countries: Iterable[str]) -> Days:
    """The strictest of what the packs of these countries (ISO alpha-2) say for a request of this kind."""
    path = f"rights.{_FIELDS[Kind(kind)]}"
    said = [
        (Days(statement.value, f"{statement.pack} {statement.version}"), statement.is_confirmed)
        for country in sorted({country.upper() for country in countries if country})
        for pack in packs.of_country(country)
        for statement in packs.said(pack, path, country)
    ]
    usual = min((days for days, is_confirmed in said if is_confirmed), key=_days, default=Days(USUAL_DAYS))
    tighter = [days for days, is_confirmed in said if not is_confirmed and days.days < usual.days]
    return min(tighter, key=_days, default=usual)


def _days(days: Days) -> int:
    return days.days
