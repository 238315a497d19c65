"""The gate in ten jurisdictions, at four times of day, for three ages and two kinds of messages."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from optins.consent import gate
from optins.models import Contact
from tests import signals
from tests.signals import REMINDERS, TIPS, record_all, yes

pytestmark = pytest.mark.once
TABLE = Path(__file__).with_name("gate_by_law.md")
# Where somebody lives, and so does the organisation; the clock by which the table tells the time.
PLACES = {
    "ZA": "Africa/Johannesburg",
    "DE": "Europe/Berlin",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "IN": "Asia/Kolkata",
    "US": "America/New_York",
    "CA": "America/Toronto",
    "BR": "America/Sao_Paulo",
    "KE": "Africa/Nairobi",
    "NG": "Africa/Lagos",
}
TIMES = ("2026-11-24T14:00", "2026-11-24T21:30", "2026-11-28T14:00", "2026-11-29T10:00")
AGES = {"adult": "known", "": "unknown", "minor": "under age"}
HEAD = """# What the gate answers, by law

One person who said yes, from their own WhatsApp and for themselves, to appointment reminders (utility) and to
health tips (marketing). They live in the organisation's own country. Times are local; where a country has
several clocks, they are those of its most populous zone, and sending has to be allowed by all of them.
Written by `tests/rules/test_gate_by_law.py`, which fails when an answer changes. Not legal advice.

| Lives in | Local time | Age | Appointment reminders | Health tips | Health tips may be sent from |
|---|---|---|---|---|---|
"""


def test_the_gate_answers_in_each_jurisdiction_as_the_table_says(clinic):
    record_all(clinic, yes("a"))
    assert written(clinic) == TABLE.read_text(encoding="utf-8")


def written(clinic):
    rows = [row(clinic, *case) for case in cases()]
    return HEAD + "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def cases():
    return [(country, time, age) for country in PLACES for time in TIMES for age in AGES]


def row(clinic, country, time, age):
    zone = ZoneInfo(PLACES[country])
    now = datetime.fromisoformat(time).replace(tzinfo=zone)
    Contact.objects.update(country=country, age_band=age)
    clinic.organisation.country = country
    reminders, tips = (signals.decide(clinic, key, now=now) for key in (REMINDERS, TIPS))
    opens = f"{tips.valid_from.astimezone(zone):%a %H:%M}" if tips.valid_from else "–"
    assert (tips.reason == gate.Reason.QUIET_HOURS) == bool(tips.valid_from)
    return country, f"{now:%a %H:%M}", AGES[age], said(reminders), said(tips), opens


def said(decision):
    return "yes" if decision.allowed else f"no: {decision.reason}"
