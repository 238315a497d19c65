"""What goes into one person's pack: their acts, choices, wordings and evidence, read once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from optins.consent import receipts
from optins.consent.choices import Choice, choices_of
from optins.consent.evidence_pack.tree import Sealed
from optins.consent.fold import OWN
from optins.models import ConsentEvent, Contact, Evidence, NoticeTranslation

# Through these a person speaks for themselves; whoever writes down what somebody said may name others in it.
_OWN_DOORS = {ConsentEvent.Door.WEB, ConsentEvent.Door.WEBHOOK}


@dataclass(frozen=True)
class Contents:
    """All that goes into the pack of one contact. ``for_person``: without what others wrote about them."""

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
        return self.for_person and row.part != Evidence.Part.SHOWN and not _is_their_own(row)


def _is_their_own(row: Evidence) -> bool:
    """Whether it came from the person alone: with a code of the desk's comes what staff noted of it."""
    event = row.event
    return event.actor in OWN and event.door in _OWN_DOORS and row.says("desk") is None


def file_of(event: ConsentEvent, part: str) -> str:
    """The name in the pack of one part of an act's evidence."""
    return f"evidence/{event.pk}-{part}.json"
