"""Signals that follow from what is known: a suppression's stop, and a stop that reaches a linked contact."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from optins.consent.fold import STOPS, second
from optins.consent.signal import ConsentSignal
from optins.models import ConsentEvent, Contact, Organisation, Purpose, Suppression

Kind = ConsentEvent.Kind


def stops_of_suppressions(
    met: Iterable[Suppression], contact: Contact, organisation: Organisation, door: str, now: datetime
) -> Iterator[ConsentSignal]:
    """What a contact begins with when identifiers that are new to it ``met`` these."""
    for suppression in met:
        if stop := stop_of(suppression, contact, organisation, door, now):
            yield stop


def stop_of(
    suppression: Suppression, contact: Contact, organisation: Organisation, door: str, now: datetime
) -> ConsentSignal | None:
    """The stop that a suppression is to a contact; None where the organisation asks for nothing it covers."""
    purposes = _suppressed_purposes(suppression)
    if purposes is None:
        return None
    is_listed = suppression.reason == Suppression.Reason.REGISTRY
    return ConsentSignal(
        organisation=organisation,
        contact=contact,
        kind=Kind.WITHDRAWN,
        actor=ConsentEvent.Actor.SYSTEM,
        door=door,
        connection="suppression",
        id=f"{suppression.pk}/{contact.uuid}",
        purposes=purposes,
        reason=ConsentEvent.Reason.REGISTRY if is_listed else ConsentEvent.Reason.SUPPRESSED,
        # Whatever the person was asked after this moment, and proves, counts again.
        occurred_at=second(suppression.created_at),
        received_at=now,
    )


def _suppressed_purposes(suppression: Suppression) -> tuple[Purpose, ...] | None:
    """The purposes it stops; an empty tuple is everything; None where there is nothing to stop."""
    if suppression.scope == Suppression.Scope.ALL:
        return ()
    purposes = Purpose.objects.filter(organisation=suppression.organisation_id)
    return tuple(purpose for purpose in purposes if suppression.covers(purpose)) or None


def carried_stops(contacts: Collection[Contact], organisation: Organisation) -> Iterator[ConsentSignal]:
    """Each stop of one of these contacts, for each of the others: they may be the same person.

    The id is made of the stop's own key, so that stops and links may become known in any order.
    """
    stops = ConsentEvent.objects.filter(contact__in=contacts, kind__in=STOPS, voids="").select_related(
        "purpose", "channel"
    )
    for stop in stops.exclude(reason=ConsentEvent.Reason.LINKED):
        for contact in contacts:
            if contact.pk != stop.contact_id:
                yield _carried(stop, contact, organisation)


def _carried(stop: ConsentEvent, contact: Contact, organisation: Organisation) -> ConsentSignal:
    return ConsentSignal(
        organisation=organisation,
        contact=contact,
        # Erasing one contact stops another; it does not erase it.
        kind=Kind.WITHDRAWN if stop.kind == Kind.ERASED else stop.kind,
        purposes=(stop.purpose,) if stop.purpose else (),
        actor=stop.actor,
        actor_reference=stop.actor_reference,
        door=stop.door,
        connection="linked",
        id=f"{stop.key}/{contact.uuid}",
        channel=stop.channel,
        occurred_at=stop.occurred_at,
        received_at=stop.received_at,
        reason=ConsentEvent.Reason.LINKED,
        is_test=stop.is_test,
    )
