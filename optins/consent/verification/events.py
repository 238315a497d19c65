"""What the checks of one organisation's events share."""

from datetime import datetime
from typing import Any

from optins.consent.ledger import Entry, Reader
from optins.consent.verification.findings import Finding, Kind
from optins.consent.verification.succession import EventKeys
from optins.models import Organisation


class EventCheck:
    """One organisation's reader, the keys that its events were made with, and how a finding is made."""

    def __init__(self, organisation: Organisation, now: datetime) -> None:
        self.organisation, self.now = organisation, now
        self.reader, self.keys = Reader(), EventKeys()

    def finding(self, kind: Kind, subject: str, id: Any, text: str) -> Finding:
        return Finding(kind, self.organisation.slug, subject, str(id), text)

    def by_an_old_key(self, entry: Entry, seen_at: datetime | None) -> Finding | None:
        """Of an event with a genuine MAC; ``seen_at`` as ``EventKeys`` asks for it."""
        if not self.keys.is_late(entry, seen_at):
            return None
        text = f"Event {entry.id} was made with a MAC key that had been replaced long before."
        return self.finding(Kind.OLD_KEY, "event", entry.id, text)
