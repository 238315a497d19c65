"""The ledger: recording while somebody seals, how soon events are sealed, and verifying many of them."""

import hashlib
import math
import os
import statistics
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from uuid6 import uuid7

from bench.measure import numbered
from channels_capture.seed import Demo
from config.supervisor import ROOT
from optins.consent import digests, sealing
from optins.consent.ledger import Reader
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, whatsapp
from optins.consent.verification import Finding, verify_organisation
from optins.models import ConsentEvent, ConsentRecord, Contact, Organisation, Purpose, Seal, SealedEvent

# A million takes ten times as long: BENCH_EVENTS=1000000 ./dev bench
EVENTS = int(os.environ.get("BENCH_EVENTS", "100000"))
PER_CONTACT = 10
ROUNDS = 5
SECONDS = 3.0


def rates(demo: Demo) -> dict[str, float]:
    """Events a second: recorded with and without a sealer beside it, sealed, verified, and bare hashes."""
    recorded, lag = _recording(demo)
    print(f"99 % of the events recorded under load were sealed within {lag:.2f} s (goal: 2.00)")
    organisation = _ledger(EVENTS)
    return recorded | {
        "seal": _rate(EVENTS, lambda: sealing.seal_all(organisation)),
        "verify": _rate(EVENTS, lambda: _verify(organisation)),
        "bare-sha256": _bare(organisation),
    }


def _rate(count: int, work: Any) -> float:
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)


# Recording


def _recording(demo: Demo) -> tuple[dict[str, float], float]:
    """Events a second, and within how many seconds 99 of 100 were sealed by a sealer beside the recording."""
    alone: list[float] = []
    beside: list[float] = []
    events: list[UUID] = []
    numbers = numbered()
    for _round in range(ROUNDS):
        alone.append(_record_for(demo, numbers, []))
        # What was recorded meanwhile is no work of the next round's sealer.
        sealing.seal_all(demo.organisation)
        with _sealer():
            beside.append(_record_for(demo, numbers, events))
            time.sleep(5)
    rates = {"record": statistics.median(alone), "record-sealed": statistics.median(beside)}
    return rates, _lag(demo.organisation, events)


@contextmanager
def _sealer() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "bench.sealer"], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        if process.stdout and not process.stdout.readline():
            raise SystemExit("The benchmark's sealer did not begin.")
        yield
    finally:
        process.terminate()
        process.communicate()


def _record_for(demo: Demo, numbers: Iterator[int], events: list[UUID]) -> float:
    purpose = Purpose.objects.filter(organisation=demo.organisation).first()
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        recorded = record(_signal(demo, purpose, next(numbers), timezone.now()))
        events += [event.pk for event in recorded.events]
        count += 1
    return count / (time.perf_counter() - begun)


def _signal(demo: Demo, purpose: Any, number: int, now: datetime) -> ConsentSignal:
    return ConsentSignal(
        organisation=demo.organisation,
        identifiers=whatsapp(digits=f"2785{number % 2000:07}"),
        kind=ConsentEvent.Kind.GIVEN,
        purposes=(purpose,),
        actor=ConsentEvent.Actor.PERSON,
        door=ConsentEvent.Door.API,
        connection="bench",
        id=str(number),
        channel=demo.channels[0],
        occurred_at=now,
        received_at=now,
        evidence={"page": "/join", "form": f"paper {number}"},
    )


def _lag(organisation: Organisation, events: list[UUID]) -> float:
    heads = Seal.objects.filter(organisation=organisation).order_by("size")
    sizes, times = zip(*heads.values_list("size", "sealed_at"), strict=True)
    rows = SealedEvent.objects.filter(event__in=events).values_list("position", "event__recorded_at")
    lags = sorted((times[bisect_right(sizes, place)] - at).total_seconds() for place, at in rows)
    sealed = [*lags, *[math.inf] * (len(events) - len(lags))]
    return sealed[int(len(sealed) * 0.99)]


# Verification


def _ledger(count: int) -> Organisation:
    """An organisation with so many events and their records; made past the door, for speed."""
    organisation = Organisation.objects.create(slug="many", name="Many", country="ZA")
    purpose = Purpose.objects.create(
        organisation=organisation, key="news", titles={"en": "news"}, category="utility"
    )
    for first in range(0, count, 10_000):
        _fill(organisation, purpose, min(10_000, count - first))
    return organisation


def _fill(organisation: Organisation, purpose: Purpose, count: int) -> None:
    contacts = Contact.objects.bulk_create(
        Contact(organisation=organisation) for _ in range(-(-count // PER_CONTACT))
    )
    begun = timezone.now() - timedelta(days=1)
    events = [
        _event(organisation, purpose, contacts[place // PER_CONTACT], begun + timedelta(seconds=place))
        for place in range(count)
    ]
    ConsentEvent.objects.bulk_create(events, batch_size=1000)
    newest = {event.contact_id: event for event in events}
    ConsentRecord.objects.bulk_create(
        ConsentRecord(contact_id=contact, purpose=purpose, grant=event) for contact, event in newest.items()
    )


def _event(organisation: Organisation, purpose: Purpose, contact: Contact, at: Any) -> ConsentEvent:
    event = ConsentEvent(
        organisation=organisation,
        purpose=purpose,
        contact=contact,
        kind=ConsentEvent.Kind.GIVEN,
        actor=ConsentEvent.Actor.PERSON,
        door=ConsentEvent.Door.API,
        language="en",
        occurred_at=at,
        received_at=at,
        recorded_at=at,
        key=uuid7().hex * 2,
    )
    event.mac = digests.event_mac(event)
    return event


def _verify(organisation: Organisation) -> None:
    found = [
        each for each in verify_organisation(organisation, now=timezone.now()) if isinstance(each, Finding)
    ]
    if found:
        raise SystemExit(
            f"The benchmark's ledger does not verify ({found[0].text}): its figures mean nothing."
        )


def _bare(organisation: Organisation) -> float:
    """The limit: the same bytes, in memory already, hashed and nothing else."""
    events = ConsentEvent.objects.filter(organisation=organisation).order_by("pk")[:20_000]
    data = [entry.data for entry in Reader().entries(events)]
    return _rate(len(data), lambda: [hashlib.sha256(each).digest() for each in data])
