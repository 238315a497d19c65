"""The clinic seen from its sender: people act, rows become due, the worker looks."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, phone, whatsapp
from optins.models import (
    ConsentEvent,
    ContactIdentifier,
    OutboundMessage,
    Sender,
    SenderContact,
)
from optins.sync import leases
from tests.clinic import THANDI, Clinic

Kind = ConsentEvent.Kind
_ids = itertools.count(1)


class Outward:
    """Acts go straight into the ledger, so that no reply is made unless a test wants one."""

    def __init__(self, clinic: Clinic, url: str) -> None:
        self.clinic = clinic
        self.move_to(url)

    def move_to(self, url: str, **values: Any) -> None:
        """The sender's platform is here now."""
        Sender.objects.filter(pk=self.clinic.sender.pk).update(base_url=url, limits={}, **values)

    # Acts

    def give(self, person: str = THANDI, *keys: str, **more: Any) -> None:
        purposes = tuple(self.clinic.purposes[key] for key in keys or ("health-tips",))
        self.act(Kind.GIVEN, person, purposes=purposes, **more)

    def stop(self, person: str = THANDI, **more: Any) -> None:
        self.act(Kind.WITHDRAWN, person, reason="stop_word", **more)

    def act(
        self, kind: str, person: str, *, bsuid: str = "", at: datetime | None = None, **more: Any
    ) -> None:
        """The act of a person who is known by these digits, by a BSUID, or by both."""
        now = timezone.now()
        identifiers = whatsapp(digits=person, bsuid=bsuid, scope=self.sender.bsuid_scope)
        self.record(kind, identifiers, proved=True, verified_by="test", at=at or now, **more)

    def give_by_number(self, e164: str, *, proved: bool = True) -> None:
        """A grant for somebody who has not written from WhatsApp yet."""
        purposes = (self.clinic.purposes["health-tips"],)
        self.record(Kind.GIVEN, phone(e164), purposes=purposes, proved=proved)

    def record(self, kind: str, identifiers: Any, *, at: datetime | None = None, **more: Any) -> None:
        now = timezone.now()
        record(
            ConsentSignal(
                organisation=self.clinic.organisation,
                kind=kind,
                identifiers=identifiers,
                actor=ConsentEvent.Actor.PERSON,
                door=ConsentEvent.Door.WEBHOOK,
                connection="test",
                id=str(next(_ids)),
                occurred_at=at or now,
                received_at=now,
                **more,
            ),
            now=now,
        )

    def reply(self, text: str = "Thank you", *, to: str = THANDI, **more: Any) -> OutboundMessage:
        now = timezone.now()
        values = {"expires_at": now + timedelta(hours=24), "next_attempt_at": now, **more}
        return OutboundMessage.objects.create(sender=self.sender, address=to, text=text, **values)

    # What the database says

    @property
    def sender(self) -> Sender:
        return Sender.objects.get(pk=self.clinic.sender.pk)

    def row(self, person: str = THANDI) -> SenderContact:
        """What the sender should hold about whoever is known by these digits or this BSUID."""
        found = ContactIdentifier.objects.filter(value__in=[person, f"+{person}"])
        return SenderContact.objects.get(sender=self.clinic.sender, contact=found[0].contact_id)

    def take(self, person: str = THANDI) -> SenderContact:
        """A worker holds the row, as it does while it calls."""
        due = SenderContact.objects.due(timezone.now()).filter(pk=self.row(person).pk)
        taken = leases.take(due, timezone.now())
        assert taken
        return taken

    def is_in_step(self, person: str = THANDI) -> bool:
        row = self.row(person)
        return row.pushed == row.desired

    def make_due(self) -> None:
        """The waits are over."""
        now = timezone.now()
        SenderContact.objects.update(next_attempt_at=now)
        OutboundMessage.objects.update(next_attempt_at=now)


def people(count: int) -> list[str]:
    """That many numbers."""
    return [str(27820001000 + place) for place in range(count)]
