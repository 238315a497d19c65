"""Carries out what the dialogue decided: acts through ``record``, questions and replies as rows."""

from datetime import datetime

from channels_capture import dialogue, moves, referrals, replies
from channels_capture.base import Adapter, Message, What
from channels_capture.goodbye import Goodbye
from channels_capture.replies import Replies
from channels_capture.situation import Reader
from optins.consent import identity
from optins.consent.recording import link, record
from optins.consent.signal import ConsentSignal, Scheme
from optins.models import CaptureChannel, ConsentEvent, ConsentRequest, Purpose, SessionWindow

Kind = ConsentEvent.Kind
Purposes = tuple[Purpose, ...]


def handle(
    channel: CaptureChannel,
    message: Message,
    *,
    received_at: datetime,
    now: datetime,
    adapter: Adapter,
    inline: str = "",
) -> str:
    """Process one verified message in the caller's transaction; returns what became of it, in a word.

    ``inline``: the message's key, where replies go into the answer to its webhook.
    """
    if message.what == What.REVOKED:
        return "revoked"  # what it said was said; taking consent back takes a stop
    conversation = _Conversation(channel, message, received_at, now, adapter, inline)
    actions = dialogue.decide(conversation.known.situation)
    for action in actions:
        conversation.carry_out(action)
    conversation.note_who_wrote()
    return type(actions[0]).__name__.lower() if actions else "left_alone"


class _Conversation:
    def __init__(
        self,
        channel: CaptureChannel,
        message: Message,
        received_at: datetime,
        now: datetime,
        adapter: Adapter,
        inline: str,
    ) -> None:
        self.channel, self.message, self.adapter = channel, message, adapter
        self.received_at, self.now = received_at, now
        # A vendor without a clock, or one that runs ahead: arrival decides.
        self.sent_at = min(message.occurred_at or received_at, received_at)
        reader = Reader(channel, message, self.sent_at, now)
        self.known, self.answers = reader.read(), reader.answers
        self.organisation = channel.organisation
        self.purposes = {p.key: p for p in Purpose.objects.filter(organisation=self.organisation)}
        self.replies = Replies(
            channel, message, language=self.known.language, sent_at=self.sent_at, now=now, inline=inline
        )
        self.goodbye = Goodbye(channel, message, now)
        # A question comes after everything that was stopped before it.
        self.prompted_at = max(self.sent_at, self.known.newest_stop or self.sent_at)

    def carry_out(self, action: moves.Action) -> None:
        match action:
            case moves.Give(purposes, source):
                self._give(self._rows(purposes), self._source(source))
            case moves.Refuse(purposes, source):
                self._refuse(self._rows(purposes), self._source(source))
            case moves.Stop():
                self._stop()
            case moves.Forget(now):
                self.goodbye.carry_out() if now else self.goodbye.leave_to_staff()
            case moves.Drop():
                self._drop(self.known.question)
            case moves.TakeBack(source):
                self._take_back(self._source(source))
            case moves.Ask(kind, purposes, source, again):
                self._ask(kind, self._rows(purposes), self._source(source), again)
            case moves.AskLater(purposes):
                self._ask_later(self._rows(purposes))
            case moves.Say(text, purposes):
                self.goodbye.note(self.replies.say(text, self._rows(purposes)))

    def _rows(self, keys: tuple[str, ...]) -> Purposes:
        return tuple(self.purposes[key] for key in keys)

    def _source(self, source: moves.Source) -> ConsentRequest | None:
        rows = {
            moves.Source.CODE: self.known.code,
            moves.Source.ANSWER: self.known.question,
            moves.Source.TYPED: self.known.typed,
            moves.Source.AD: self.known.ad,
        }
        return rows.get(source)

    def _ask(self, kind: str, purposes: Purposes, about: ConsentRequest | None, again: bool) -> None:
        if not again and replies.is_open(self.answers, kind, about, purposes):
            return
        is_put = self.replies.ask(kind, purposes, about, prompted_at=self.prompted_at)
        if kind == ConsentRequest.Kind.FORGET and not is_put:
            self.goodbye.leave_to_staff()

    def _ask_later(self, purposes: Purposes) -> None:
        assert self.message.referral  # noqa: S101  only an ad is waited for
        referrals.wait(
            self.channel,
            self.message.referral,
            self.message.identifiers,
            purposes,
            language=self.known.language,
            prompted_at=self.prompted_at,
            now=self.now,
        )

    def _drop(self, question: ConsentRequest | None) -> None:
        assert question  # noqa: S101  only a question is dropped
        ConsentRequest.objects.filter(pk=question.pk).update(expires_at=self.now)

    # Acts

    def _give(self, purposes: Purposes, request: ConsentRequest | None) -> None:
        assert request  # noqa: S101  only a code or a question is agreed to
        asked_at = request.asked_at
        if not self.known.situation.later.isdisjoint(purpose.key for purpose in purposes):
            # By the vendor's clock they stopped after this: a clock that is behind ours must not undo it.
            asked_at = min(asked_at, self.sent_at)
        # The same answer by the same person is the same act, under whatever message id it comes.
        self._record(Kind.GIVEN, purposes, f"{request.uuid}/{self.known.who}", request, asked_at=asked_at)

    def _refuse(self, purposes: Purposes, request: ConsentRequest | None) -> None:
        assert request  # noqa: S101  only a code or a question is refused
        # Each no counts: they may have said yes in between, in the same second too.
        self._record(
            Kind.REFUSED, purposes, self.message.id, request, asked_at=request.asked_at, reason="said_no"
        )

    def _stop(self) -> None:
        self._record(Kind.WITHDRAWN, (), self.message.id, None, reason="stop_word")

    def _record(
        self,
        kind: str,
        purposes: Purposes,
        act: str,
        request: ConsentRequest | None,
        *,
        asked_at: datetime | None = None,
        reason: str = "",
    ) -> None:
        recorded = record(
            ConsentSignal(
                organisation=self.organisation,
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
                evidence=self._evidence() | referrals.evidence_of(request),
                is_test=request.is_test if request else False,
            ),
            now=self.now,
        )
        if kind != Kind.GIVEN:
            self.prompted_at = max(self.prompted_at, *(e.occurred_at for e in recorded.events))

    def _evidence(self) -> dict[str, object]:
        return {
            **self.message.evidence,
            "verified": self.adapter.scheme,
            "proves": self.adapter.proves,
            "sent_at": self.sent_at.isoformat(),
        }

    def _take_back(self, about: ConsentRequest | None) -> None:
        """Void what was recorded without proof, for the number that was typed, with this very code."""
        code = replies.origin(about)
        if code is None:
            return
        unproved = ConsentEvent.objects.filter(request=code, kind=Kind.GIVEN, proved=False)
        for event in unproved.select_related("contact", "purpose"):
            assert event.purpose  # noqa: S101  a grant names its purpose: the database says so
            self._void(event, event.purpose, about)

    def _void(self, event: ConsentEvent, purpose: Purpose, about: ConsentRequest | None) -> None:
        record(
            ConsentSignal(
                organisation=self.organisation,
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
                reason=ConsentEvent.Reason.NOT_ME,
            ),
            now=self.now,
        )

    @property
    def _is_on_whatsapp(self) -> bool:
        """Whether the message opens a window: one of another medium does not."""
        return any(
            identifier.scheme in (Scheme.WA_ID, Scheme.WA_BSUID) for identifier in self.message.identifiers
        )

    def note_who_wrote(self) -> None:
        """The person wrote: the session window is open for 24 hours. A maximum, so order does not matter."""
        link(self.organisation, self.message.identifiers, ConsentEvent.Door.WEBHOOK, now=self.now)
        contacts = identity.find(self.organisation, self.message.identifiers)
        identity.heard_from(contacts, self.message.identifiers, self.sent_at)
        if not contacts or self.channel.sender is None or not self._is_on_whatsapp:
            return
        window, _ = SessionWindow.objects.get_or_create(
            sender=self.channel.sender, contact=contacts[0], defaults={"opened_at": self.sent_at}
        )
        SessionWindow.objects.filter(pk=window.pk, opened_at__lt=self.sent_at).update(opened_at=self.sent_at)
