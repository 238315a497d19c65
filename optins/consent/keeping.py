"""How long evidence is kept: by the organisation's own setting and by the packs of whoever it is about.

What a pack wants kept is kept at least so long, whatever the organisation set. Once nothing is left of a
consent, what a pack lets one keep afterwards goes at its end, even where the organisation set nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from optins.consent import rulepacks
from optins.consent.rulepacks import Rules, calendars
from optins.models import Organisation

_AFTER = "records.retention_after_withdrawal"


@dataclass(frozen=True, slots=True)
class Keeping:
    """In months: from the act on, at least; and at most after the person's last act. 0 and None: no rule."""

    at_least: int = 0
    at_most: int | None = None

    def wanted_since(self, now: datetime) -> datetime:
        """What was recorded from then on is still to be kept."""
        return calendars.months_after(now, -self.at_least)

    def over_before(self, now: datetime) -> datetime | None:
        """Whoever's last act was before this: their evidence goes; None where no pack ends it."""
        return calendars.months_after(now, -max(self.at_most, self.at_least)) if self.at_most else None


def keeping_of(organisation: Organisation, jurisdiction: str) -> Keeping:
    """For people in this country (ISO alpha-2)."""
    return keeping_by(rulepacks.rules_for(organisation, jurisdiction))


def keeping_by(rules: Rules) -> Keeping:
    """Of several packs the longest least and the shortest most."""
    after = [statement.value for statement in rules.field(_AFTER).statements if statement.value]
    most = [months for value in after if (months := _most(value))]
    return Keeping(_least(rules, after), min(most, default=None))


def _least(rules: Rules, after: list[Any]) -> int:
    months = rules.field("records.retention_min_months").value or 0
    return max([months, *(value.get("min_months") or 0 for value in after)])


def _most(value: dict[str, Any]) -> int | None:
    """``{"product_default_months": 60}``, or a rule that names its months: ``max_6_months_after_…``."""
    named = re.match(r"max_(\d+)_months", str(value.get("rule", "")))
    return int(named[1]) if named else value.get("product_default_months")
