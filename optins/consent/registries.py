"""Official opt-out lists: whoever stands on one gets no marketing, until they themselves agree to it later.

Numbers are read and forgotten: what is kept of them is a keyed digest, which the gate meets where nobody is
known by a number, and with which a contact begins who is made later.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from optins.consent import derived, digests, suppressions
from optins.consent.recording import record
from optins.consent.signal import Identifier, phone
from optins.models import (
    ConsentEvent,
    Contact,
    ContactIdentifier,
    OptOutRegistry,
    OrganisationKey,
    Suppression,
)

# The strictest of the laws: a list is to be asked for anew each month.
FRESH_DAYS = 31
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Replaced:
    """What an upload changed: how many numbers stand on the list, are new, are gone; and whom it stopped."""

    listed: int
    new: int
    gone: int
    stopped: int


def is_outdated(registry: OptOutRegistry, today: date) -> bool:
    return registry.listed_on < oldest_fresh(today)


def oldest_fresh(today: date) -> date:
    """The oldest date that a list may have and still do."""
    return today - timedelta(days=FRESH_DAYS)


@transaction.atomic
def replace(registry: OptOutRegistry, numbers: Iterable[str], *, now: datetime) -> Replaced:
    """Put this list (E.164) in the place of the last one of the same registry.

    A number that stood on it before keeps the time from which it is stopped, so that a consent given since
    stands. Whoever comes off the list is not asked for anything: their stop stays until they say yes.
    """
    values = {phone(number)[0].value for number in numbers}
    known = _still_listed(registry, values)
    gone = registry.suppressions.exclude(pk__in=known.values()).delete()[0] if registry.pk else 0
    fresh = sorted(values - set(known))
    _insert(registry, fresh, min(_end_of(registry), now))
    met = sorted(_met(registry, fresh), key=lambda pair: pair[0].pk)  # whoever locks several does it so
    stopped = sum(_stop(registry, contact, row, now) for contact, row in met)
    OptOutRegistry.objects.filter(pk=registry.pk).update(numbers=len(values))
    return Replaced(len(values), len(fresh), gone, stopped)


def _still_listed(registry: OptOutRegistry, values: set[str]) -> dict[str, int]:
    """Those of the numbers that the last list had, with their rows; under whatever key each was made."""
    rows = {row.digest: (row.pk, row.key) for row in registry.suppressions.select_related("key")}
    keys = {key for _pk, key in rows.values()}
    found = {}
    for value in values:
        for key in keys:
            if met := rows.get(_digest(key, value)):
                found[value] = met[0]
    return found


def _digest(key: OrganisationKey, value: str) -> str:
    return digests.suppression(key, Identifier(ContactIdentifier.Scheme.PHONE, value).text)


def _insert(registry: OptOutRegistry, values: list[str], since: datetime) -> None:
    key = suppressions.newest_key(registry.organisation)
    rows = (
        Suppression(
            organisation=registry.organisation,
            key=key,
            digest=_digest(key, value),
            scope=Suppression.Scope.MARKETING,
            reason=Suppression.Reason.REGISTRY,
            registry=registry,
            created_at=since,
        )
        for value in values
    )
    Suppression.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _met(registry: OptOutRegistry, values: list[str]) -> Iterator[tuple[Contact, Suppression]]:
    """The contacts who stand on the list anew, each with its row."""
    key = suppressions.newest_key(registry.organisation)
    for start in range(0, len(values), _AT_ONCE):
        rows = ContactIdentifier.objects.filter(
            organisation=registry.organisation,
            scheme=ContactIdentifier.Scheme.PHONE,
            value__in=values[start : start + _AT_ONCE],
            contact__erased_at=None,
        )
        for row in rows.select_related("contact__organisation"):
            listed = registry.suppressions.select_related("purpose").get(digest=_digest(key, row.value))
            yield row.contact, listed


def _stop(registry: OptOutRegistry, contact: Contact, row: Suppression, now: datetime) -> bool:
    stop = derived.stop_of(row, contact, registry.organisation, ConsentEvent.Door.ADMIN, now)
    return stop is not None and record(stop, now=now).is_new


def _end_of(registry: OptOutRegistry) -> datetime:
    """The end of the list's day, where the organisation is: what was agreed to on that day is older."""
    zone = ZoneInfo(registry.organisation.time_zone)
    return datetime.combine(registry.listed_on + timedelta(days=1), time(), zone) - timedelta(seconds=1)
