"""Suppressions: what stays of an identifier that must stay stopped, and what it refuses."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from optins.consent import digests
from optins.consent.fold import second
from optins.consent.signal import Identifier, SignalError
from optins.models import Organisation, OrganisationKey, Suppression

Use = OrganisationKey.Use
Reason = Suppression.Reason


class ErasedSince(SignalError):
    """It is older than the erasure of the person it is about: it is dropped, as if it had never come."""


def newest_key(organisation: Organisation) -> OrganisationKey:
    """The key that new suppressions are made with."""
    keys = OrganisationKey.objects.filter(organisation=organisation, use=Use.SUPPRESSION)
    return keys.order_by("-created_at", "-pk").first() or new_key(organisation)


def new_key(organisation: Organisation) -> OrganisationKey:
    """A key for the suppressions to come. Those made with older keys stay, and are met as before."""
    return OrganisationKey.objects.create(organisation=organisation, use=Use.SUPPRESSION)


@transaction.atomic
def suppress(
    organisation: Organisation, identifiers: Iterable[Identifier], reason: str, *, now: datetime
) -> None:
    """Stop everything to these identifiers, from now on, by digests alone."""
    key = newest_key(organisation)
    for identifier in identifiers:
        row, _ = Suppression.objects.get_or_create(
            organisation=organisation,
            digest=digests.suppression(key, identifier.text),
            scope=Suppression.Scope.ALL,
            reason=reason,
            defaults={"key": key},
        )
        # Somebody may be erased twice: what is older than the second time is dropped as well.
        Suppression.objects.filter(pk=row.pk).update(created_at=now)


def any_erased(organisation: Organisation) -> bool:
    """Whether anybody at all was erased; mostly nobody was, and one look says so."""
    return Suppression.objects.filter(organisation=organisation, reason=Reason.ERASED).exists()


def met(organisation: Organisation, identifiers: Iterable[Identifier]) -> list[Suppression]:
    """The suppressions that any of these identifiers meets, under any key there ever was."""
    return digests.suppressions_of(organisation, [identifier.text for identifier in identifiers])


def erased_at(found: Iterable[Suppression]) -> datetime | None:
    """When whoever met these suppressions was erased last; None if never."""
    return max((row.created_at for row in found if row.reason == Reason.ERASED), default=None)


def is_older(found: Iterable[Suppression], occurred_at: datetime) -> bool:
    """Whether what was done then is older than the erasure of whoever met these, or of its very second."""
    erased = erased_at(found)
    return erased is not None and second(occurred_at) <= second(erased)


def refuse_older(found: Iterable[Suppression], occurred_at: datetime) -> None:
    """Raise ErasedSince for an act that is older than the person's erasure."""
    if is_older(found, occurred_at):
        raise ErasedSince("The person was erased after that: it is not recorded.")
