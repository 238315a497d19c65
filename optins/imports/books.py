"""The two books that rows can be put into: the ledger, and a preview that forgets."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db.models import Q

from optins.consent import derived, digests, identity, suppressions
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, Scheme, phone
from optins.imports.outcomes import ACT_FIELDS, Act, Person, keys_of
from optins.imports.rows import Row
from optins.models import ConsentEvent, Contact, ContactIdentifier, Organisation, ReviewItem

_CHUNK = 500  # values in one question to the database
T = TypeVar("T")


class Ledger:
    """The ledger itself: recording goes through the one door."""

    def __init__(self, organisation: Organisation, now: datetime) -> None:
        self.organisation, self.now = organisation, now

    def person(self, number: str) -> Person:
        found = identity.find(self.organisation, phone(number))
        if not found:
            return Person()
        rows = ConsentEvent.objects.filter(contact=found[0]).values_list(*ACT_FIELDS)
        return Person(found[0].pk, tuple(Act(*row) for row in rows), exists=True)

    def known(self, keys: list[str]) -> set[str]:
        rows = ConsentEvent.objects.filter(organisation=self.organisation, key__in=keys)
        return set(rows.values_list("key", flat=True))

    def record(self, number: str, signal: ConsentSignal) -> None:
        record(signal, now=self.now)


class Preview:
    """What the ledger would hold. It reads all that the rows need at once and writes nothing."""

    def __init__(self, organisation: Organisation, rows: Iterable[Row], now: datetime) -> None:
        self.organisation, self.now = organisation, now
        # People by their contact; those who have none yet, by their number.
        self._people: dict[int | str, Person] = {}
        self._contact_of: dict[str, int] = {}
        self._keys: set[str] = set()
        self._linked: dict[int, list[int]] = {}
        self._suppressed: set[str] = set()
        for chunk in chunks(rows):
            self._load(chunk)

    def person(self, number: str) -> Person:
        return self._people.get(self._contact_of.get(number, number), Person())

    def known(self, keys: list[str]) -> set[str]:
        return self._keys.intersection(keys)

    def record(self, number: str, signal: ConsentSignal) -> None:
        person = self.person(number)
        before = person.acts
        if number in self._suppressed:
            met = suppressions.met(self.organisation, signal.identifiers)
            suppressions.refuse_older(met, signal.occurred_at)
        if not person.exists and number in self._suppressed:
            before = tuple(self._stops_of_suppressions(signal))
        new = tuple(_acts(signal))
        self._keys |= {act.key for act in new}
        self._put(self._contact_of.get(number, number), person, before + new)
        stops = tuple(act for act in new if act.kind != ConsentEvent.Kind.GIVEN)
        for other in self._linked.get(person.contact_id or 0, []):
            # A stop reaches whoever may be the same person.
            if known := self._people.get(other):
                self._put(other, known, known.acts + stops)

    def _put(self, key: int | str, person: Person, acts: tuple[Act, ...]) -> None:
        self._people[key] = Person(person.contact_id, acts, exists=True)

    def _stops_of_suppressions(self, signal: ConsentSignal) -> Iterator[Act]:
        nobody = Contact(organisation=self.organisation)
        met = suppressions.met(self.organisation, signal.identifiers)
        for stop in derived.stops_of_suppressions(met, nobody, self.organisation, signal.door, self.now):
            yield from _acts(stop)

    def _load(self, rows: list[Row]) -> None:
        numbers = {row.number for row in rows} - self._contact_of.keys() - self._people.keys()
        found = ContactIdentifier.objects.filter(
            organisation=self.organisation,
            scheme=Scheme.PHONE,
            scope="",
            value__in=numbers,
            contact__erased_at=None,
        )
        here = dict(found.values_list("value", "contact_id"))
        self._contact_of |= here
        fresh = set(here.values()) - self._people.keys()
        acts: dict[int, list[Act]] = {contact_id: [] for contact_id in fresh}
        events = ConsentEvent.objects.filter(contact__in=fresh)
        for contact_id, *values in events.values_list("contact_id", *ACT_FIELDS):
            acts[contact_id].append(Act(*values))
        for contact_id in fresh:
            self._put(contact_id, Person(contact_id), tuple(acts[contact_id]))
        self._load_keys(rows)
        self._load_links(fresh)
        self._load_suppressed(numbers)

    def _load_keys(self, rows: list[Row]) -> None:
        for keys in chunks(key for row in rows for key in keys_of(row.signal)):
            found = ConsentEvent.objects.filter(organisation=self.organisation, key__in=keys)
            self._keys |= set(found.values_list("key", flat=True))

    def _load_links(self, contacts: Iterable[int]) -> None:
        links = ReviewItem.objects.filter(Q(contact__in=contacts) | Q(other__in=contacts))
        pairs = links.filter(kind=ReviewItem.Kind.LINK).values_list("contact_id", "other_id")
        for pair in pairs:
            for contact in Contact.objects.filter(pk__in=pair, erased_at=None):
                reached = [other.pk for other in identity.reach([contact]) if other.pk != contact.pk]
                self._linked[contact.pk] = reached

    def _load_suppressed(self, numbers: set[str]) -> None:
        """Which of the numbers meet a suppression; mostly none does, and one question tells."""
        texts = {phone(number)[0].text: number for number in numbers}
        if texts and digests.suppressions_of(self.organisation, list(texts)):
            self._suppressed |= {
                number for text, number in texts.items() if digests.suppressions_of(self.organisation, [text])
            }


def _acts(signal: ConsentSignal) -> Iterator[Act]:
    """The events that a signal leads to, as the fold reads them."""
    for key, purpose in keys_of(signal).items():
        yield Act(
            signal.kind,
            signal.actor,
            signal.proved,
            purpose.pk if purpose else None,
            signal.occurred_at,
            signal.asked_at,
            key,
            signal.voids,
        )


def chunks(things: Iterable[T], size: int = _CHUNK) -> Iterator[list[T]]:
    left = iter(things)
    while chunk := list(islice(left, size)):
        yield chunk
