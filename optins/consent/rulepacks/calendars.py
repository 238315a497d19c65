"""Clocks and calendars of countries: their time zones, and their public holidays. Both are data."""

import calendar
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

_DATA = Path(__file__).parents[1] / "data"


@cache
def _zones() -> dict[str, list[str]]:
    return json.loads((_DATA / "time_zones.json").read_text())["countries"]


@cache
def _holidays() -> dict[str, dict[str, Any]]:
    return json.loads((_DATA / "public_holidays.json").read_text())["countries"]


def zones_of(countries: Iterable[str], otherwise: str) -> tuple[ZoneInfo, ...]:
    """Every time zone of these countries (ISO alpha-2); of none known, the one that is given."""
    names = sorted({name for country in countries for name in _zones().get(country, ())})
    return tuple(ZoneInfo(name) for name in names or [otherwise])


@lru_cache(maxsize=512)
def differing(zones: tuple[ZoneInfo, ...], day: date) -> tuple[ZoneInfo, ...]:
    """One of each that show the same time from this day on, for the days to come."""
    midnight = datetime.combine(day, time(), UTC)
    clocks = {_offsets(zone, midnight): zone for zone in zones}
    return tuple(clocks.values())


def _offsets(zone: ZoneInfo, at: datetime) -> tuple[timedelta | None, ...]:
    return tuple((at + timedelta(days=days)).astimezone(zone).utcoffset() for days in range(12))


def is_holiday(day: date, countries: Iterable[str]) -> bool:
    """Whether it is a public holiday in any of these countries, as far as we know them."""
    return any(day in _holidays_of(country, day.year) for country in countries)


@cache
def _holidays_of(country: str, year: int) -> frozenset[date]:
    known = _holidays().get(country)
    if known is None:
        return frozenset()
    days = {date.fromisoformat(f"{year}-{day}") for day in known["fixed"]}
    days |= {easter(year) + timedelta(days=offset) for offset in known["from_easter"]}
    if known["sunday_makes_monday"]:
        days |= {day + timedelta(days=1) for day in days if day.weekday() == calendar.SUNDAY}
    return frozenset(days | {date.fromisoformat(day) for day in known["declared"]})


def easter(year: int) -> date:
    """Easter Sunday (Gregorian), after Meeus, Jones and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def months_after(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the month's last."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
