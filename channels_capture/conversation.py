"""Carries out what the dialogue decided: acts through ``record``, questions and replies as rows."""

from datetime import datetime, timedelta

from channels_capture import dialogue
from channels_capture.base import Message
from channels_capture.situation import Known, Reader, payload
from optins.consent import identity, requests, texts, wording
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    OutboundMessage,
    Purpose,
    SessionWindow,
)

WINDOW = timedelta(hours=24)
LONGEST_BODY = 1024  # of a message with buttons
LONGEST_TITLE = 20
Kind = ConsentEvent.Kind


def handle(
    channel: CaptureChannel, message: Message, *, received_at: datetime, now: datetime, scheme: str
) -> str:
    """Process one verified message in the caller's transaction; returns what became of it, in a word."""
    conversation = _Conversation(channel, message, received_at, now, scheme)
    actions = dialogue.decide(conversation.known.situation)
    for action in actions:
        conversation.carry_out(action)
    conversation.note_the_window()
    return type(actions[0]).__name__.lower() if actions else "left_alone"


class _Conversation:
    def __init__(
        self, channel: CaptureChannel, message: Message, received_at: datetime, now: datetime, scheme: str
    ) -> None:
        self.channel, self.message, self.scheme = channel, message, scheme
        self.received_at, self.now = received_at, now
        # A vendor without a clock, or one that runs ahead: arrival decides.
        self.occurred_at = min(message.occurred_at or received_at, received_at)
        self.known: Known = Reader(channel, message, now).read()
        self.organisation = channel.organisation
        self.purposes = {p.key: p for p in Purpose.objects.filter(organisation=self.organisation)}

    def carry_out(self, action: dialogue.Action) -> None:
        match action:
            case dialogue.Give(purposes, source):
                self._act(Kind.GIVEN, self._rows(purposes), self._source(source))
            case dialogue.Refuse(purposes, source):
                self._act(Kind.REFUSED, self._rows(purposes), self._source(source), reason="said_no")
            case dialogue.Stop():
                self._act(Kind.WITHDRAWN, (), None, reason="stop_word")
            case dialogue.TakeBack():
                self._take_back()
            case dialogue.Ask(kind, purposes, source):
                self._ask(kind, self._rows(purposes), self._source(source))
            case dialogue.Say(text, purposes):
                titles = wording.titles(self._rows(purposes), self.known.language)
                self._send(self._text(text, titles))

    def _rows(self, keys: tuple[str, ...]) -> tuple[Purpose, ...]:
        return tuple(self.purposes[key] for key in keys)

    def _source(self, source: dialogue.Source) -> ConsentRequest | None:
        rows = {
            dialogue.Source.CODE: self.known.code,
            dialogue.Source.ANSWER: self.known.question,
            dialogue.Source.TYPED: self.known.typed,
        }
        return rows.get(source)

    # Acts

    def _act(
        self, kind: str, purposes: tuple[Purpose, ...], request: ConsentRequest | None, reason: str = ""
    ) -> None:
        who = self.message.identifiers[0].text
        record(
            ConsentSignal(
                organisation=self.organisation,
                identifiers=self.message.identifiers,
                kind=kind,
                purposes=purposes,
                actor=ConsentEvent.Actor.PERSON,
                door=ConsentEvent.Door.WEBHOOK,
                connection=self.channel.public_id,
                # The same answer by the same person is the same act, under whatever message id it comes.
                id=f"{request.uuid}/{who}" if request else self.message.id,
                channel=self.channel,
                placement=request.placement if request else None,
                request=request,
                translation=request.translation if request else None,
                language=request.language if request else self.known.language,
                occurred_at=self.occurred_at,
                asked_at=request.asked_at if request else None,
                received_at=self.received_at,
                proved=True,
                verified_by=self.channel.kind,
                reason=reason,
                evidence={**self.message.evidence, "verified": self.scheme},
                is_test=request.is_test if request else False,
            ),
            now=self.now,
        )

    def _take_back(self) -> None:
        """Void what was recorded without proof, for the number that was typed, with this very code."""
        question = self.known.question
        unproved = ConsentEvent.objects.filter(
            request=question.parent_id if question else None,
            request__isnull=False,
            kind=Kind.GIVEN,
            proved=False,
        )
        for event in unproved.select_related("contact", "purpose"):
            assert event.purpose  # noqa: S101  a grant names its purpose: the database says so
            record(
                ConsentSignal(
                    organisation=self.organisation,
                    contact=event.contact,
                    kind=Kind.INVALIDATED,
                    purposes=(event.purpose,),
                    actor=ConsentEvent.Actor.SYSTEM,
                    door=ConsentEvent.Door.WEBHOOK,
                    connection=self.channel.public_id,
                    id=f"void/{event.key}",
                    channel=self.channel,
                    request=question,
                    occurred_at=self.occurred_at,
                    received_at=self.received_at,
                    voids=event.key,
                    reason=ConsentEvent.Reason.NOT_ME,
                ),
                now=self.now,
            )

    # Questions and replies

    def _ask(self, kind: str, purposes: tuple[Purpose, ...], about: ConsentRequest | None) -> None:
        parent = (about.parent or about) if about else None
        if self._is_silent() or (parent and self._is_open(kind, parent, purposes)):
            return
        notice = about.channel.notice if about else self.channel.notice
        question = requests.ask(
            self.channel,
            kind,
            list(purposes),
            self.message.identifiers,
            shown=wording.translation(notice, self.known.language),
            prompted_at=self.occurred_at,
            now=self.now,
            parent=parent,
            placement=about.placement if about else None,
            is_test=about.is_test if about else False,
        )
        body = self._question(question, purposes)
        if len(body) > LONGEST_BODY:
            # The wording on record goes whole, in a message of its own; the buttons follow it.
            self._send(body)
            body = self._text("ask_which", wording.titles(purposes, question.language))
        self._send(body, _buttons(question, purposes), question)

    def _is_open(self, kind: str, parent: ConsentRequest, purposes: tuple[Purpose, ...]) -> bool:
        """Whether this very question is already open and unanswered, and was asked after any stop."""
        reader = Reader(self.channel, self.message, self.now)
        wanted = {purpose.key for purpose in purposes}
        return any(
            question.kind == kind
            and question.parent_id == parent.pk
            and {purpose.key for purpose in question.purposes.all()} == wanted
            and question.expires_at > self.now
            and not reader._stale(question)
            and not question.events.exists()
            for question in reader.questions
        )

    def _question(self, question: ConsentRequest, purposes: tuple[Purpose, ...]) -> str:
        titles = wording.titles(purposes, question.language)
        if question.kind == ConsentRequest.Kind.KEEP:
            return self._text("stopped_keep", titles)
        if question.kind == ConsentRequest.Kind.WAS_THAT_YOU and question.parent:
            mine = {i.value for i in self.message.identifiers}
            same = question.parent.typed_number in mine
            return self._text("ask_was_that_you" if same else "ask_another_number", titles)
        return wording.question(question.translation, list(purposes))

    def _text(self, key: str, titles: str) -> str:
        return texts.text(key, self.known.language, organisation=self.organisation.name, titles=titles)

    def _is_silent(self) -> bool:
        return self.channel.replies == CaptureChannel.Replies.NONE or self.channel.sender is None

    def _send(
        self, text: str, buttons: list[dict[str, str]] | None = None, question: ConsentRequest | None = None
    ) -> None:
        expires_at = self.occurred_at + WINDOW
        # What arrives a day late can no longer be answered: the window has closed.
        sender = self.channel.sender
        if sender is None or self._is_silent() or expires_at <= self.now:
            return
        OutboundMessage.objects.create(
            sender=sender,
            request=question,
            address=_address(self.message),
            text=text,
            buttons=buttons or [],
            expires_at=expires_at,
            next_attempt_at=self.now,
        )

    def note_the_window(self) -> None:
        """The person wrote: the session window is open for 24 hours. A maximum, so order does not matter."""
        contacts = identity.find(self.organisation, self.message.identifiers)
        identity.heard_from(contacts, self.message.identifiers, self.occurred_at)
        if not contacts or self.channel.sender is None:
            return
        window, _ = SessionWindow.objects.get_or_create(
            sender=self.channel.sender, contact=contacts[0], defaults={"opened_at": self.occurred_at}
        )
        SessionWindow.objects.filter(pk=window.pk, opened_at__lt=self.occurred_at).update(
            opened_at=self.occurred_at
        )


def _address(message: Message) -> str:
    """Where a reply goes: the WhatsApp id as the platform wrote it, else the BSUID."""
    values = {i.scheme: i.value for i in message.identifiers}
    return values.get("wa_id") or values["wa_bsuid"]


def _buttons(question: ConsentRequest, purposes: tuple[Purpose, ...]) -> list[dict[str, str]]:
    """At most three: one for each purpose to keep, or yes, no and, with several purposes, choose."""
    if question.kind == ConsentRequest.Kind.KEEP:
        return [
            _button(payload(question, "yes", p.key), p.title(question.language, discreet=True))
            for p in purposes
        ]
    choices = ["yes", "choose", "no"] if _may_choose(question, purposes) else ["yes", "no"]
    return [_button(payload(question, c), texts.text(f"button_{c}", question.language)) for c in choices]


def _may_choose(question: ConsentRequest, purposes: tuple[Purpose, ...]) -> bool:
    return len(purposes) > 1


def _button(identifier: str, title: str) -> dict[str, str]:
    short = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
    return {"id": identifier, "title": f"{short[:1].upper()}{short[1:]}"}
