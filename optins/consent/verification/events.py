"""What the checks of one organisation's events share."""

from typing import Any

from optins.consent.ledger import Reader
from optins.consent.verification.findings import Finding, Kind
from optins.models import Organisation


class EventCheck:
    """One organisation's reader, and how a finding about it is made."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation, self.reader = organisation, Reader()

    def finding(self, kind: Kind, subject: str, id: Any, text: str) -> Finding:
        return Finding(kind, self.organisation.slug, subject, str(id), text)
