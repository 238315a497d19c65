"""Removing evidence at its time: by the organisation's own setting, and by the packs of each country."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from optins.consent import holds, removals
from optins.consent.in_parts import in_parts
from optins.consent.keeping import Keeping, keeping_of
from optins.models import ConsentEvent, ConsentRecord, Evidence, Organisation

Part = Evidence.Part


def remove(organisation: Organisation, now: datetime) -> None:
    """What is past its time, but for what a consent rests on; the address it came from goes all the same."""
    rows = Evidence.objects.filter(event__organisation=organisation)
    rows = rows.exclude(event__contact__in=holds.contacts())
    _remove(rows.filter(part=Part.ADDRESS, retention_until__lt=now), now)
    rows = rows.exclude(part=Part.ADDRESS)
    for jurisdiction in _jurisdictions(organisation):
        keeping = keeping_of(organisation, jurisdiction)
        theirs = rows.filter(event__jurisdiction=jurisdiction)
        _remove(theirs.filter(_past_its_setting(keeping, now)), now)
        if condition := _past_its_law(keeping, now):
            _remove(theirs.filter(condition), now)


def _jurisdictions(organisation: Organisation) -> list[str]:
    """The countries of the people whose acts are on record."""
    events = ConsentEvent.objects.filter(organisation=organisation)
    return list(events.order_by().values_list("jurisdiction", flat=True).distinct())


def _past_its_setting(keeping: Keeping, now: datetime) -> Q:
    """The organisation's own time is over, and no pack wants it kept longer."""
    own = Q(retention_until__lt=now, event__recorded_at__lte=keeping.wanted_since(now))
    return own & Q(~Exists(_resting()))


def _past_its_law(keeping: Keeping, now: datetime) -> Q | None:
    """The person has done nothing for as long as the packs let one keep it, and nothing rests on it."""
    before = keeping.over_before(now)
    if before is None:
        return None
    later = ConsentEvent.objects.filter(contact=OuterRef("event__contact"), recorded_at__gte=before)
    # A yes that ran out so long ago is no consent that rests on it any more.
    alive = _resting().filter(Q(grant__expires_at=None) | Q(grant__expires_at__gte=before))
    return Q(event__recorded_at__lt=before) & Q(~Exists(later)) & Q(~Exists(alive))


def _resting() -> QuerySet[ConsentRecord]:
    """The records that rest on the event of a piece."""
    return ConsentRecord.objects.filter(Q(grant=OuterRef("event")) | Q(proof=OuterRef("event")))


def _remove(rows: QuerySet[Evidence], now: datetime) -> None:
    in_parts(rows, lambda part: removals.remove(part, removals.Reason.TIME, now))
