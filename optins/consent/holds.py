"""Legal holds in force: on whom they lie, and what is about these people and therefore stays."""

from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from optins.consent import answered
from optins.consent.signal import Identifier
from optins.consent.traces import Traces
from optins.models import (
    ConsentEvent,
    Contact,
    ContactIdentifier,
    ImportRow,
    InboundDelivery,
    LegalHold,
    Organisation,
)

_NOTHING = Q(pk__in=[])


def in_force() -> QuerySet[LegalHold]:
    """The holds that two people agreed on and nobody has released."""
    return LegalHold.objects.filter(approved_at__isnull=False, released_at=None)


def is_held(contact: Contact) -> bool:
    return in_force().filter(contact=contact).exists()


def contacts() -> QuerySet[Any]:
    """The keys of whoever a hold lies on."""
    return in_force().values("contact")


def identifiers(organisation: Organisation) -> list[Identifier]:
    """What they are known by."""
    rows = ContactIdentifier.objects.filter(organisation=organisation, contact__in=contacts())
    return [Identifier(row.scheme, row.value, row.scope) for row in rows]


def answered_requests() -> Q:
    """A condition on requests: one of them answered it."""
    return answered.by_acts(ConsentEvent.objects.filter(contact__in=contacts()))


def imported_rows() -> QuerySet[ImportRow]:
    """The lines of files that are about one of them."""
    return ImportRow.objects.filter(contact__in=contacts())


class Kept:
    """What stays in one organisation, whoever else it names. Mostly nobody is held, and one look says so."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._has_any = in_force().filter(organisation=organisation).exists()

    @cached_property
    def _traces(self) -> Traces:
        return Traces(identifiers(self._organisation))

    @property
    def evidence(self) -> Q:
        return Q(event__contact__in=contacts()) if self._has_any else _NOTHING

    @property
    def requests(self) -> Q:
        if not self._has_any:
            return _NOTHING
        return answered_requests() | Q(typed_number__in=self._traces.numbers)

    @property
    def links(self) -> Q:
        """Of proposals that two people may be one: those that were decided."""
        if not self._has_any:
            return _NOTHING
        return Q(decided_at__isnull=False) & (Q(contact__in=contacts()) | Q(other__in=contacts()))

    def holds(self, delivery: InboundDelivery) -> bool:
        """Whether a delivery names one of them."""
        if not (self._has_any and self._traces):
            return False
        return self._traces.are_in(bytes(delivery.body)) or self._traces.are_in(delivery.headers)
