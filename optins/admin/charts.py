"""Charts that the server draws: numbers to places on a page, as SVG that needs neither style nor script."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720.0, 160.0
_GAP = 0.25  # of a column


@dataclass(frozen=True, slots=True)
class Day:
    """How many people proved an opt-in on one day, and how many stopped."""

    day: date
    opted_in: int
    stopped: int


@dataclass(frozen=True, slots=True)
class Column:
    """One day of the chart: opt-ins stand on the base line, stops hang from it."""

    day: Day
    x: float
    width: float
    opted_in_y: float
    opted_in_height: float
    stopped_height: float


@dataclass(frozen=True, slots=True)
class DayChart:
    """The days from the oldest to the newest, drawn from where the language begins to read."""

    columns: list[Column]
    base: float
    highest: int

    width, height = WIDTH, HEIGHT

    @property
    def is_empty(self) -> bool:
        return not any(column.day.opted_in or column.day.stopped for column in self.columns)


def day_chart(days: Sequence[Day], *, right_to_left: bool = False) -> DayChart:
    """A column for each day; both directions share one scale, so that lengths can be compared."""
    highest = max((day.opted_in for day in days), default=0)
    unit = HEIGHT / ((highest + max((day.stopped for day in days), default=0)) or 1)
    step, base = WIDTH / (len(days) or 1), highest * unit
    columns = []
    for place, day in enumerate(days):
        start = (len(days) - 1 - place if right_to_left else place) * step
        columns.append(
            Column(
                day=day,
                x=round(start + step * _GAP / 2, 2),
                width=round(step * (1 - _GAP), 2),
                opted_in_y=round(base - day.opted_in * unit, 2),
                opted_in_height=round(day.opted_in * unit, 2),
                stopped_height=round(day.stopped * unit, 2),
            )
        )
    return DayChart(columns, round(base, 2), highest)


@dataclass(frozen=True, slots=True)
class Funnel:
    """One channel: what was put to people, who proved an opt-in, who of these has stopped since."""

    name: str
    asked: int
    opted_in: int
    stopped: int
    most: int  # of any channel, so that channels can be compared

    def _percent(self, count: int) -> float:
        return round(100 * count / self.most, 1) if self.most else 0

    @property
    def asked_width(self) -> float:
        return self._percent(self.asked)

    @property
    def opted_in_width(self) -> float:
        return self._percent(self.opted_in)

    @property
    def stopped_width(self) -> float:
        return self._percent(self.stopped)
