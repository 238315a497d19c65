"""Somebody asks in a chat to be forgotten: their own message is the proof, and nobody else decides."""

from datetime import datetime

from optins import erasing
from optins.consent import erasure, rights
from optins.consent.erasure import By
from optins.consent.locking import Held
from optins.models import CaptureChannel, ConsentEvent, Contact, DataSubjectRequest, OutboundMessage

Kind, CameBy = DataSubjectRequest.Kind, DataSubjectRequest.CameBy


class Goodbye:
    """The end of one conversation, if it comes to that."""

    def __init__(self, channel: CaptureChannel, held: Held, now: datetime) -> None:
        self.channel, self.held, self.now = channel, held, now
        self.requests: list[DataSubjectRequest] = []

    def carry_out(self) -> None:
        """Erase whoever wrote; also a stranger, of whom there may be more than this message."""
        by = By(
            actor=ConsentEvent.Actor.PERSON,
            door=ConsentEvent.Door.WEBHOOK,
            channel=self.channel,
            proved=True,
        )
        for contact in self.held.contacts or erasure.somebody(self.held):
            self.requests.append(rights.approve(self._file(contact), None, self.now))
            erasing.erase(contact, by, now=self.now)

    def leave_to_staff(self) -> None:
        """Somebody of whom nothing is known has nothing to be erased."""
        for contact in self.held.contacts:
            self._file(contact)

    def note(self, sent: list[OutboundMessage]) -> None:
        """A reply to somebody who is erased is the last one, and goes when it was sent."""
        keys = [request.pk for request in self.requests]
        if sent and keys:
            DataSubjectRequest.objects.filter(pk__in=keys).update(farewell=sent[-1])

    def _file(self, contact: Contact) -> DataSubjectRequest:
        return rights.file(
            contact,
            Kind.ERASE,
            CameBy.CHAT,
            now=self.now,
            identity_check=DataSubjectRequest.IdentityCheck.OWN_MESSAGE,
            identity_checked_at=self.now,
        )
