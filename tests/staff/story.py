"""A fortnight at the clinic: something to do and something to read for each of its staff."""

from datetime import datetime, timedelta
from typing import Any

import time_machine
from django.utils import timezone

from channels_capture import placements
from optins.imports import batches
from optins.models import (
    Contact,
    InboundDelivery,
    NoticeVersion,
    PlacementDay,
    ReviewItem,
    SenderContact,
    User,
)
from tests.clinic import BSUID, SIPHO, THANDI
from tests.imports.files import BOTH, GIVEN, STOPPED, csv_file, many, uploaded

NUMBERS = [f"2782000{number:04}" for number in range(2001, 2013)]
FILE = csv_file(*many(12, purposes=BOTH), STOPPED, GIVEN, GIVEN | {"phone": "2.78E+10"})


def tell(clinic: Any) -> None:
    """Twelve people over two weeks, a poster, and one of each thing that waits for staff."""
    now = timezone.now()
    poster = placements.add(clinic.tap, label="Poster in the hall", place="Cape Town", campaign="Winter")
    for number, digits in enumerate(NUMBERS):
        at = now - timedelta(days=1 + number, hours=number)
        PlacementDay.objects.create(placement=poster, day=at.date(), openings=3 + number * 7 % 11)
        _agree(clinic, digits, at, stops=number % 4 == 1)
    _thandi(clinic, now)
    _work(clinic, now)


def _agree(clinic: Any, digits: str, at: datetime, *, stops: bool) -> None:
    with time_machine.travel(at, tick=False):
        sentence = clinic.choose(*clinic.purposes, channel=clinic.web, at=at)
        clinic.write(sentence, person=digits, at=at + timedelta(seconds=2))
    if stops:
        with time_machine.travel(at + timedelta(hours=7), tick=False):
            clinic.write("STOP", person=digits)


def _thandi(clinic: Any, now: datetime) -> None:
    """She said yes to both on the page, then stopped everything and kept the reminders."""
    sentence = clinic.choose(*clinic.purposes, at=now - timedelta(minutes=9), channel=clinic.web)
    clinic.write(sentence, at=now - timedelta(minutes=8))
    clinic.write("STOP", at=now - timedelta(minutes=5))
    clinic.tap_button("Appointment", at=now - timedelta(minutes=1))


def _work(clinic: Any, now: datetime) -> None:
    clinic.write(clinic.choose("health-tips"), person=SIPHO)
    clinic.write(clinic.choose("health-tips"), person="", bsuid=BSUID)
    clinic.write("Hello", person=SIPHO, bsuid=BSUID)
    ReviewItem.objects.create(organisation=clinic.organisation, kind="unsure", contact=person_of(THANDI))
    SenderContact.objects.filter(contact=person_of(SIPHO)).update(
        parked_at=now, last_error="400: no such contact"
    )
    InboundDelivery.objects.create(
        channel=clinic.thread,
        body=b"",
        headers={},
        received_at=now,
        next_attempt_at=now,
        state="failed",
        attempts=8,
        last_error="OperationalError",
    )
    NoticeVersion.objects.create(
        notice=clinic.web.notice, number=2, author=User.objects.get(username="owner")
    )
    batch = uploaded(
        clinic,
        FILE,
        uploaded_by=User.objects.get(username="manager"),
        attestation="Paper forms at the front desk, March to May 2026, kept in the archive.",
    )
    batches.hand_in(batch)


def person_of(digits: str) -> Contact:
    return Contact.objects.get(identifiers__scheme="phone", identifiers__value=f"+{digits}")
