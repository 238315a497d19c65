"""What goes into one person's pack: their acts, choices, wordings and evidence, read once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from optins.consent import receipts
from optins.consent.choices import Choice, choices_of
from optins.consent.evidence_pack.tree import Sealed
from optins.models import ConsentEvent, Contact, Evidence, NoticeTranslation

# Who writes down what a person said may name others in it.
_STAFF = {ConsentEvent.Actor.STAFF, ConsentEvent.Actor.IMPORT}


@dataclass(frozen=True)
class Contents:
    """All that goes into the pack of one contact. ``for_person``: without what staff wrote."""

    contact: Contact
    sealed: Sealed
    now: datetime
    for_person: bool

    @cached_property
    def events(self) -> list[ConsentEvent]:
        return receipts.acts_of(self.contact)

    @cached_property
    def choices(self) -> list[Choice]:
        return choices_of(self.contact, self.now)

    @cached_property
    def wordings(self) -> dict[str, NoticeTranslation]:
        """Each wording that was shown, by its digest."""
        return {event.translation.digest(): event.translation for event in self.events if event.translation}

    @cached_property
    def _evidence(self) -> list[Evidence]:
        rows = Evidence.objects.filter(event__contact=self.contact).order_by("event", "part")
        return list(rows.select_related("event"))

    @cached_property
    def evidence(self) -> list[Evidence]:
        return [row for row in self._evidence if not self._may_name_others(row)]

    @cached_property
    def left_out(self) -> list[Evidence]:
        return [row for row in self._evidence if self._may_name_others(row)]

    def _may_name_others(self, row: Evidence) -> bool:
        return self.for_person and row.event.actor in _STAFF and row.part != Evidence.Part.SHOWN


def file_of(event: ConsentEvent, part: str) -> str:
    """The name in the pack of one part of an act's evidence."""
    return f"evidence/{event.pk}-{part}.json"
