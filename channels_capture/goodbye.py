"""Somebody asks in a chat to be forgotten: their own message is the proof, and nobody else decides."""

from datetime import datetime

from channels_capture.base import Message
from optins import erasing
from optins.consent import erasure, identity, rights
from optins.consent.erasure import By
from optins.models import CaptureChannel, ConsentEvent, Contact, DataSubjectRequest, OutboundMessage

Kind, CameBy = DataSubjectRequest.Kind, DataSubjectRequest.CameBy


class Goodbye:
    """The end of one conversation, if it comes to that."""

    def __init__(self, channel: CaptureChannel, message: Message, now: datetime) -> None:
        self.channel, self.message, self.now = channel, message, now
        self.requests: list[DataSubjectRequest] = []

    def carry_out(self) -> None:
        """Erase whoever wrote; also a stranger, of whom there may be more than this message."""
        by = By(
            actor=ConsentEvent.Actor.PERSON,
            door=ConsentEvent.Door.WEBHOOK,
            channel=self.channel,
            proved=True,
        )
        for contact in erasure.somebody(self.channel.organisation, self.message.identifiers):
            self.requests.append(rights.approve(self._file(contact), None, self.now))
            erasing.erase(contact, by, now=self.now)

    def leave_to_staff(self) -> None:
        """Somebody of whom nothing is known has nothing to be erased."""
        for contact in identity.find(self.channel.organisation, self.message.identifiers):
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
