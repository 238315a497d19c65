"""What somebody has agreed to, as far as it is worth anything now."""

from collections.abc import Iterator
from datetime import datetime

from optins.consent import gate, renewal
from optins.consent.fold import second
from optins.consent.rulepacks import Rules, jurisdiction
from optins.consent.standing import Standing, rules_of
from optins.models import ConsentEvent, Contact, Organisation, Purpose


class Agreed:
    """Of one contact; of nobody, nothing. By the purposes' keys.

    ``grants``: what is allowed, and the event that allows it. ``due``: what may be asked about anew by now.
    """

    def __init__(
        self, contact: Contact | None, organisation: Organisation, every: list[Purpose], now: datetime
    ) -> None:
        self.contact, self.organisation, self.every, self.now = contact, organisation, every, now
        self.grants: dict[str, ConsentEvent] = {}
        self.due: list[str] = []
        for purpose, standing, rules in self._judged():
            if standing.allowed and standing.event:
                self.grants[purpose.key] = standing.event
            if renewal.may_be_offered(standing, rules, now):
                self.due.append(purpose.key)

    def _judged(self) -> Iterator[tuple[Purpose, Standing, Rules]]:
        """Each purpose, what the person's record of it is worth, and what the packs ask."""
        if self.contact is None:
            return
        where = jurisdiction.of_contact(self.contact, self.organisation)
        standings = gate.standings_of(self.contact, self.every, self.now, where)
        for purpose, standing in zip(self.every, standings, strict=True):
            yield purpose, standing, rules_of(self.contact, purpose, where)

    def outlived(self, stop_at: datetime) -> frozenset[str]:
        """What was agreed to after a stop sent then, so that it stands in spite of it."""
        return frozenset(key for key, grant in self.grants.items() if _outlives(grant, stop_at))

    @property
    def in_peace(self) -> frozenset[str]:
        """What nobody brings up again by themselves, since they wrote of a loss."""
        if self.contact is None or self.contact.left_in_peace_at is None:
            return frozenset()
        return frozenset(purpose.key for purpose in self.every if purpose.stops_on_loss)


def _outlives(grant: ConsentEvent, stop_at: datetime) -> bool:
    """Whether a grant was asked for after a stop sent then."""
    asked_at = min(grant.asked_at or grant.occurred_at, grant.occurred_at)
    return grant.proved and second(asked_at) > second(stop_at)
