"""What a person has chosen, purpose by purpose: for their own page, their receipt and the evidence pack."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from optins.consent import gate
from optins.consent.rulepacks import jurisdiction
from optins.consent.standing import Reason, Standing
from optins.models import ConsentEvent, Contact, NoticeTranslation, Purpose

# Where a yes is on record, whatever it is worth now.
_YES = {Reason.CONSENT, Reason.UNCONFIRMED, Reason.EXPIRED, Reason.NOTICE_CHANGED, Reason.UNDER_AGE,
        Reason.NUMBER_STALE}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose, what stands about it, and the act that decides it. Without an act there is no record."""

    purpose: Purpose
    standing: Standing

    @property
    def event(self) -> ConsentEvent | None:
        return self.standing.event

    @property
    def shown(self) -> NoticeTranslation | None:
        """The words that were put to the person before this act, as far as that is on record."""
        return self.event.translation if self.event else None

    @property
    def is_yes(self) -> bool:
        """Whether there is a yes to take back, also one that counts for nothing now."""
        return self.standing.reason in _YES

    @property
    def is_stopped(self) -> bool:
        return self.event is not None and not self.is_yes

    @property
    def is_own_proof(self) -> bool:
        return bool(self.event and self.event.proved)


def choices_of(contact: Contact, now: datetime) -> list[Choice]:
    """One for each purpose of the organisation, in its order; silence is a choice without an act."""
    purposes = list(Purpose.objects.filter(organisation=contact.organisation_id))
    where = jurisdiction.of_contact(contact, contact.organisation)
    standings = gate.standings_of(contact, purposes, now, where)
    found = [Choice(purpose, standing) for purpose, standing in zip(purposes, standings, strict=True)]
    events = [choice.event for choice in found if choice.event]
    prefetch_related_objects(events, "translation__version__notice", "channel", "request__channel")
    return found
