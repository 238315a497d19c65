"""When no marketing may be sent, by the recipient's clock; in several time zones, by all of their clocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from optins.consent.rulepacks import calendars
from optins.consent.rulepacks.rules import Rules

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60
# Beyond this nobody asks: an answer further away is "not in the foreseeable time".
_DAYS_AHEAD = 10


@dataclass(frozen=True, slots=True)
class Closed:
    """Minutes of the day in which sending is closed, on these days.

    One that passes midnight (20:00-08:00) closes the beginning and the end of each day it names.
    ``countries``: whose public holidays count.
    """

    days: frozenset[str]
    start: int
    end: int
    countries: frozenset[str]

    def covers(self, local: datetime) -> bool:
        minute = local.hour * 60 + local.minute
        inside = self.start <= minute < self.end
        if self.start > self.end:
            inside = minute >= self.start or minute < self.end
        return inside and self._is_day(local)

    def _is_day(self, local: datetime) -> bool:
        if "all" in self.days or _WEEK[local.weekday()] in self.days:
            return True
        return "public_holiday" in self.days and calendars.is_holiday(local.date(), self.countries)


@dataclass(frozen=True, slots=True)
class Moment:
    """Whether sending is closed now, and when that changes; None if not in the days to come."""

    is_closed: bool
    until: datetime | None


def at(rules: Rules, zones: tuple[ZoneInfo, ...], now: datetime) -> Moment:
    """Whether the packs close marketing to somebody whose clock is any of these."""
    return _at(_windows(rules), calendars.differing(zones, now.astimezone(UTC).date()), now)


@lru_cache(maxsize=1024)
def _at(windows: tuple[Closed, ...], zones: tuple[ZoneInfo, ...], now: datetime) -> Moment:
    closed = _is_closed(windows, zones, now)
    changes = (edge for edge in _edges(windows, zones, now) if _is_closed(windows, zones, edge) != closed)
    return Moment(closed, next(changes, None))


def _is_closed(windows: tuple[Closed, ...], zones: tuple[ZoneInfo, ...], moment: datetime) -> bool:
    locals_ = [moment.astimezone(zone) for zone in zones]
    return any(window.covers(local) for window in windows for local in locals_)


def _edges(windows: tuple[Closed, ...], zones: tuple[ZoneInfo, ...], now: datetime) -> Iterator[datetime]:
    """Every moment to come at which a window can open or close, in order."""
    if not windows:
        return
    minutes = {0} | {minute % _DAY for window in windows for minute in (window.start, window.end)}
    waiting: set[datetime] = set()
    for ahead in range(_DAYS_AHEAD):
        day = now + timedelta(days=ahead)
        waiting |= {_moment(day.astimezone(zone), minute, zone) for zone in zones for minute in minutes}
        # Clocks differ by up to a day: what lies beyond this day may yet be preceded by another's edge.
        ready = {edge for edge in waiting if edge <= day}
        waiting -= ready
        yield from sorted(edge for edge in ready if edge > now)


def _moment(local: datetime, minute: int, zone: ZoneInfo) -> datetime:
    hours, minutes = divmod(minute, 60)
    return datetime.combine(local.date(), time(hours, minutes), zone).astimezone(UTC)


@lru_cache(maxsize=512)
def _windows_of(rows: tuple[tuple[tuple[str, ...], str, frozenset[str]], ...]) -> tuple[Closed, ...]:
    return tuple(Closed(frozenset(days), *_minutes(closed), countries) for days, closed, countries in rows)


def _windows(rules: Rules) -> tuple[Closed, ...]:
    rows = []
    every = frozenset().union(*(pack.countries for pack in rules.packs)) - {"*"}
    countries = {pack.id: pack.countries for pack in rules.packs}
    for statement in rules.field("timing.quiet_hours").deciding:
        own = countries.get(statement.pack) or every
        rows += [(tuple(row["days"]), row["closed"], frozenset(own)) for row in statement.value]
    return _windows_of(tuple(rows))


def _minutes(closed: str) -> tuple[int, int]:
    """``20:00-08:00`` as minutes of the day."""
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", closed)
    if found is None:
        raise ValueError(f"{closed} is no span of hours.")
    start_hour, start, end_hour, end = map(int, found.groups())
    return start_hour * 60 + start, end_hour * 60 + end
