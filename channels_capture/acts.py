"""The acts of one message, put on record through the one door."""

from datetime import datetime

from django.db.models import QuerySet

from channels_capture import referrals, replies
from channels_capture.base import Arrival
from channels_capture.situation import Known
from optins.consent import desired, desk, doubts, suppressions
from optins.consent.locking import Held
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    ContactIdentifier,
    Purpose,
    Suppression,
)

Kind, Reason = ConsentEvent.Kind, ConsentEvent.Reason
Purposes = tuple[Purpose, ...]


class Acts:
    """What whoever sent the message gives, refuses, stops or takes back by it.

    ``prompted_at``: questions come after everything that was stopped before them.
    """

    def __init__(self, arrival: Arrival, known: Known) -> None:
        self.channel, self.message, self.adapter = arrival.channel, arrival.message, arrival.adapter
        self.sent_at, self.received_at, self.now = arrival.sent_at, arrival.received_at, arrival.now
        self.known, self.held = known, arrival.held
        self.prompted_at = max(self.sent_at, known.newest_stop or self.sent_at)

    def give(self, purposes: Purposes, request: ConsentRequest | None) -> None:
        assert request  # noqa: S101  only a code or a question is agreed to
        asked_at = request.asked_at
        if not self.known.situation.later.isdisjoint(purpose.key for purpose in purposes):
            # By the vendor's clock they stopped after this: a clock that is behind ours must not undo it.
            asked_at = min(asked_at, self.sent_at)
        # The same answer by the same person is the same act, under whatever message id it comes.
        self._record(Kind.GIVEN, purposes, f"{request.uuid}/{self.known.who}", request, asked_at=asked_at)
        if any(purpose.stops_on_loss for purpose in purposes):
            self._contacts(left_in_peace_at__lt=asked_at).update(left_in_peace_at=None)

    def refuse(self, purposes: Purposes, request: ConsentRequest | None) -> None:
        assert request  # noqa: S101  only a code or a question is refused
        # Each no counts: they may have said yes in between, in the same second too.
        asked_at = request.asked_at
        self._record(
            Kind.REFUSED, purposes, self.message.id, request, asked_at=asked_at, reason=Reason.SAID_NO
        )

    def stop(self, purposes: Purposes, *, is_private: bool) -> None:
        """Stop these, or without any everything. What is private leaves no words behind."""
        self._record(
            Kind.WITHDRAWN, purposes, self.message.id, None, reason=Reason.STOP_WORD, is_private=is_private
        )

    def not_me(self) -> None:
        """Everything ends, and nobody who has this number is taken for them again."""
        self._record(Kind.INVALIDATED, (), self.message.id, None, reason=Reason.NOT_ME)
        disown(self.held, self.now)

    def doubt(self) -> None:
        """Of a stranger there is nothing to stop, and nothing to decide."""
        for contact in doubts.put(self._contacts()):
            desired.refresh(contact, self.now)

    def leave_in_peace(self) -> None:
        self._contacts().update(left_in_peace_at=self.sent_at)

    def _contacts(self, **only: datetime) -> QuerySet[Contact]:
        return Contact.objects.filter(pk__in=[contact.pk for contact in self.held.contacts], **only)

    def take_back(self, about: ConsentRequest | None) -> None:
        """Void what was recorded without proof, for the number that was typed, with this very code."""
        code = replies.origin(about)
        if code is None:
            return
        unproved = ConsentEvent.objects.filter(request=code, kind=Kind.GIVEN, proved=False)
        for event in unproved.select_related("contact", "purpose"):
            assert event.purpose  # noqa: S101  a grant names its purpose: the database says so
            self._void(event, event.purpose, about)

    def _record(
        self,
        kind: str,
        purposes: Purposes,
        act: str,
        request: ConsentRequest | None,
        *,
        asked_at: datetime | None = None,
        reason: str = "",
        is_private: bool = False,
    ) -> None:
        recorded = record(
            ConsentSignal(
                organisation=self.channel.organisation,
                identifiers=self.message.identifiers,
                kind=kind,
                purposes=purposes,
                actor=ConsentEvent.Actor.PERSON,
                door=ConsentEvent.Door.WEBHOOK,
                connection=self.channel.public_id,
                id=act,
                channel=self.channel,
                placement=request.placement if request else None,
                request=request,
                translation=request.translation if request else None,
                language=request.language if request else self.known.language,
                occurred_at=self.sent_at,
                asked_at=asked_at,
                not_before=None if kind == Kind.GIVEN else self.known.stop_at,
                received_at=self.received_at,
                proved=True,
                verified_by=self.channel.kind,
                reason=reason,
                evidence=self._evidence(is_private=is_private)
                | referrals.evidence_of(request)
                | desk.told_of(request, self.message.identifiers),
                is_test=request.is_test if request else False,
            ),
            now=self.now,
            held=self.held,
        )
        if kind != Kind.GIVEN:
            self.prompted_at = max(self.prompted_at, *(e.occurred_at for e in recorded.events))

    def _evidence(self, *, is_private: bool) -> dict[str, object]:
        return {
            **({} if is_private else self.message.evidence),
            "verified": self.adapter.scheme,
            "proves": self.message.proves or self.adapter.proves,
            "sent_at": self.sent_at.isoformat(),
        }

    def _void(self, event: ConsentEvent, purpose: Purpose, about: ConsentRequest | None) -> None:
        record(
            ConsentSignal(
                organisation=self.channel.organisation,
                contact=event.contact,
                kind=Kind.INVALIDATED,
                purposes=(purpose,),
                actor=ConsentEvent.Actor.SYSTEM,
                door=ConsentEvent.Door.WEBHOOK,
                connection=self.channel.public_id,
                id=f"void/{event.key}",
                channel=self.channel,
                request=about,
                occurred_at=self.sent_at,
                received_at=self.received_at,
                voids=event.key,
                reason=Reason.NOT_ME,
            ),
            now=self.now,
        )


def disown(held: Held, now: datetime) -> None:
    """Nobody who has these identifiers is taken for whoever was meant by them again."""
    suppressions.suppress(held.organisation, held.identifiers, Suppression.Reason.NOT_ME, now=now)
    rows = ContactIdentifier.objects.filter(contact__in=[contact.pk for contact in held.contacts])
    values = [identifier.value for identifier in held.identifiers]
    rows.filter(value__in=values).update(verified_at=None, verified_by="")
