"""Carries out what the dialogue decided: acts, questions and replies."""

from channels_capture import dialogue, joins, met, moves, referrals, replies
from channels_capture.acts import Acts
from channels_capture.base import Arrival, What
from channels_capture.goodbye import Goodbye
from channels_capture.replies import Replies
from channels_capture.situation import Reader
from optins.consent import desired, desk, reach, wording
from optins.consent.recording import link
from optins.consent.signal import Scheme
from optins.models import ConsentEvent, ConsentRequest, InboundMessage, Purpose, SessionWindow
from optins.models.base import insert_new

Purposes = tuple[Purpose, ...]


def handle(arrival: Arrival, *, inline: str = "") -> str:
    """Process one verified message in the caller's transaction; returns what became of it, in a word.

    ``inline``: the message's key, where replies go into the answer to its webhook.
    """
    if arrival.message.what == What.REVOKED:
        return "revoked"  # what it said was said; taking consent back takes a stop
    conversation = _Conversation(arrival, inline)
    actions = dialogue.decide(conversation.known.situation)
    conversation.carry_out(actions)
    conversation.note_who_wrote()
    return type(actions[0]).__name__.lower() if actions else "left_alone"


class _Conversation:
    def __init__(self, arrival: Arrival, inline: str) -> None:
        self.channel, self.message = channel, message = arrival.channel, arrival.message
        self.sent_at, self.now = arrival.sent_at, arrival.now
        self.held = arrival.held
        reader = Reader(channel, message, self.sent_at, self.now, held=self.held)
        self.known, self.answers = reader.read(), reader.answers
        self.organisation = channel.organisation
        self.purposes = {purpose.key: purpose for purpose in reader.every}
        self.replies = Replies(
            channel,
            message,
            self.held,
            language=self.known.language,
            sent_at=self.sent_at,
            now=self.now,
            inline=inline,
        )
        self.goodbye = Goodbye(channel, self.held, self.now)
        self.acts = Acts(arrival, self.known)

    def carry_out(self, actions: list[moves.Action]) -> None:
        """No act is lost over a question that has no wording in force: the question is left out.

        Whoever wants nothing but a question waits for it: raises NoWording.
        """
        is_for_a_question = all(isinstance(each, moves.Ask) and not each.unbidden for each in actions)
        for action in actions:
            try:
                self._carry_out(action)
            except wording.NoWording:
                if is_for_a_question:
                    raise

    def _carry_out(self, action: moves.Action) -> None:
        match action:
            case moves.Give(purposes, source):
                self.acts.give(self._rows(purposes), self._source(source))
            case moves.Refuse(purposes, source):
                self.acts.refuse(self._rows(purposes), self._source(source))
            case moves.Stop(purposes, is_private):
                self.acts.stop(self._rows(purposes), is_private=is_private)
            case moves.NotMe():
                self.acts.not_me()
            case moves.Doubt():
                self.acts.doubt()
            case moves.LeaveInPeace():
                self.acts.leave_in_peace()
            case moves.Forget(now):
                self.goodbye.carry_out() if now else self.goodbye.leave_to_staff()
            case moves.Drop():
                self._drop(self.known.question)
            case moves.TakeBack(source):
                self.acts.take_back(self._source(source))
            case moves.Ask(kind, purposes, source, again=again):
                rows = self._rows(purposes)
                about = self._joined_by(rows) if source == moves.Source.JOIN else self._source(source)
                self._ask(kind, rows, about, again)
            case moves.Wait():
                self._wait()
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

    def _joined_by(self, purposes: Purposes) -> ConsentRequest | None:
        if self.known.source is None:
            return None
        return joins.note(
            self.known.source,
            self.message.identifiers,
            purposes,
            language=self.known.language,
            prompted_at=self.acts.prompted_at,
            now=self.now,
        )

    def _ask(self, kind: str, purposes: Purposes, about: ConsentRequest | None, again: bool) -> None:
        if not again and replies.is_open(self.answers, kind, about, purposes):
            return
        is_put = self.replies.ask_or_wait(kind, purposes, about, prompted_at=self.acts.prompted_at)
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
            prompted_at=self.acts.prompted_at,
            now=self.now,
        )

    def _wait(self) -> None:
        """The entry that says what was chosen with this code brings the message up again."""
        message = InboundMessage.objects.get(
            channel=self.channel, dedup_key=met.key_of(self.channel, self.message.id)
        )
        assert self.known.code  # noqa: S101  only a code is waited for
        desk.wait_for_entry(self.known.code, message)

    def _drop(self, question: ConsentRequest | None) -> None:
        assert question  # noqa: S101  only a question is dropped
        ConsentRequest.objects.filter(pk=question.pk).update(expires_at=self.now)

    @property
    def _is_on_whatsapp(self) -> bool:
        """Whether the message opens a window: one of another medium does not."""
        return any(
            identifier.scheme in (Scheme.WA_ID, Scheme.WA_BSUID) for identifier in self.message.identifiers
        )

    @property
    def _is_made_for_others(self) -> bool:
        """Whether the code may have been made for somebody else: by staff, or for another number."""
        code, question = self.known.situation.code, self.known.question
        if question:
            return question.kind == ConsentRequest.Kind.WAS_THAT_YOU
        return code is not None and (
            code.typed == moves.Typed.OTHER or desk.capture_of(self.known.code) is not None
        )

    def note_who_wrote(self) -> None:
        """The person wrote: the session window is open for 24 hours. A maximum, so order does not matter."""
        contacts = [contact for contact in self.held.contacts if contact.erased_at is None]
        if contacts:
            link(self.held, ConsentEvent.Door.WEBHOOK, now=self.now)
        if reach.heard(contacts, self.message.identifiers, self.sent_at):
            for contact in contacts:
                desired.refresh(contact, self.now)
        if self._is_made_for_others:
            desk.look_at_many_codes(self.organisation, contacts, self.message.identifiers, self.now)
        if not contacts or self.channel.sender is None or not self._is_on_whatsapp:
            return
        window = SessionWindow(sender=self.channel.sender, contact=contacts[0], opened_at=self.sent_at)
        if not insert_new([window]):
            rows = SessionWindow.objects.filter(sender=window.sender, contact=window.contact)
            rows.filter(opened_at__lt=self.sent_at).update(opened_at=self.sent_at)
