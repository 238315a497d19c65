"""How often a printed code was opened on each day, as a chart that the server draws."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import get_language_bidi

from channels_capture import placements
from optins.models import Placement

DAYS = 30
_WIDTH, _HEIGHT, _STEP, _GAP = 720, 120, 24, 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where its bar stands and how high it is."""

    day: date
    openings: int
    x: int
    y: float
    height: float

    width = _STEP - _GAP


@dataclass(frozen=True, slots=True)
class Chart:
    """The last 30 days, the oldest where the language begins to read."""

    bars: list[Bar]
    highest: int
    total: int

    width, height = _WIDTH, _HEIGHT


def chart(placement: Placement, now: datetime) -> Chart:
    last = placements.today(placement.channel.organisation, now)
    days = [last - timedelta(days=back) for back in reversed(range(DAYS))]
    rows = placement.days.filter(day__gte=days[0])
    counted = dict(rows.values_list("day", "openings"))
    highest = max([1, *counted.values()])
    bars = []
    for place, day in enumerate(days):
        start = DAYS - 1 - place if get_language_bidi() else place
        height = round(_HEIGHT * counted.get(day, 0) / highest, 1)
        bars.append(
            Bar(day, counted.get(day, 0), start * _STEP + _GAP // 2, round(_HEIGHT - height, 1), height)
        )
    return Chart(bars, highest, sum(counted.values()))
