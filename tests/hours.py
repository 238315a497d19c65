"""The clock of tests that ask the gate about marketing: the law of the clinic's country has quiet hours."""

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import time_machine
from django.utils import timezone
from phonenumbers import parse, region_code_for_number

from optins.consent import rulepacks
from optins.consent.rulepacks import calendars, quiet_hours
from optins.models import Organisation

# An hour that ends before the test does is as good as over.
_SOON = timedelta(minutes=2)


def daytime(country: str = "ZA", number: str = "") -> AbstractContextManager[object]:
    """Inside, it is an hour at which marketing may be sent there: now, or the next such hour.

    ``number``: of the recipient, whose own clock counts; else it is somebody in that country.
    """
    now = timezone.now()
    there = (number.startswith("+") and region_code_for_number(parse(number))) or country
    rules = rulepacks.rules_for(Organisation(country=country), there, "marketing")
    zones = calendars.zones_of([there], "UTC")
    quiet = quiet_hours.at(rules, zones, now)
    if not quiet.is_closed and quiet.until and quiet.until - now < _SOON:
        quiet = quiet_hours.at(rules, zones, quiet.until)
    return time_machine.travel(quiet.until) if quiet.is_closed and quiet.until else nullcontext()
