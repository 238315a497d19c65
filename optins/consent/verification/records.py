"""Each record against the fold of its contact's events."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from optins.consent.fold import fold
from optins.consent.verification.findings import Finding, Kind
from optins.consent.verification.readable import readable
from optins.models import ConsentEvent, ConsentRecord, Contact, Organisation, Purpose

CHUNK = 500
_ACT = (
    "pk",
    "contact_id",
    "kind",
    "actor",
    "proved",
    "purpose_id",
    "occurred_at",
    "asked_at",
    "key",
    "voids",
)
# Somebody may be recording: a difference that is none is gone when one looks again.
_LOOKS = 3
Place = tuple[int, int]
Facts = tuple[UUID | None, UUID | None, UUID | None]


def check(organisation: Organisation) -> Iterator[Finding]:
    last = 0
    contacts = Contact.objects.filter(organisation=organisation).order_by("pk")
    while keys := list(contacts.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        places = readable(keys, lambda some: dict.fromkeys(_differences(some)))
        yield from _findings(organisation, list(places))
        last = keys[-1]


def _differences(contacts: Collection[int]) -> list[Place]:
    """Contact and purpose of each record that is not what the events add up to."""
    found: list[Place] = []
    for _look in range(_LOOKS):
        kept = _kept(contacts)
        folded = _folded(contacts, kept)
        found = [place for place, facts in folded.items() if kept.get(place) != facts]
        if not found:
            break
        contacts = {contact for contact, _purpose in found}
    return found


def _kept(contacts: Collection[int]) -> dict[Place, Facts]:
    rows = ConsentRecord.objects.filter(contact__in=contacts)
    values = rows.values_list("contact", "purpose", "stop", "grant", "proof")
    return {(contact, purpose): (stop, grant, proof) for contact, purpose, stop, grant, proof in values}


def _folded(contacts: Collection[int], kept: Collection[Place]) -> dict[Place, Facts]:
    """What the events add up to, for each purpose that an event or a record names.

    A stop of everything also stands for purposes that came later, of which there is no record.
    """
    events: dict[int, list[Any]] = defaultdict(list)
    for event in ConsentEvent.objects.filter(contact__in=contacts).values_list(*_ACT, named=True):
        events[event.contact_id].append(event)
    named = {(key, event.purpose_id) for key in events for event in events[key] if event.purpose_id}
    return {place: _facts(events.get(place[0], []), place[1]) for place in named | set(kept)}


def _facts(events: list[Any], purpose: int) -> Facts:
    facts = fold(events, purpose)
    stop, grant, proof = (event and event.pk for event in (facts.stop, facts.grant, facts.proof))
    return stop, grant, proof


def _findings(organisation: Organisation, places: list[Place]) -> Iterator[Finding]:
    contacts = Contact.objects.in_bulk({contact for contact, _purpose in places}) if places else {}
    purposes = Purpose.objects.in_bulk({purpose for _contact, purpose in places}) if places else {}
    for contact, purpose in sorted(places):
        key = purposes[purpose].key if purpose in purposes else str(purpose)
        name = f"{contacts[contact].uuid}/{key}"
        text = f"The record of contact {contacts[contact].uuid} for {key} is not what the events add up to."
        yield Finding(Kind.RECORD_DIFFERS, organisation.slug, "record", name, text)
