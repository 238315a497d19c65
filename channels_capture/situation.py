"""Reads from the database what the dialogue's rules need to know."""

from dataclasses import dataclass
from datetime import datetime

from channels_capture import dialogue
from channels_capture.base import Message
from channels_capture.dialogue import Choice, Rest, Typed
from optins.consent import codes, desired, gate, identity, keywords, requests, texts, wording
from optins.consent.fold import second
from optins.consent.keywords import Intent
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRecord,
    ConsentRequest,
    Contact,
    OutboundMessage,
    Purpose,
)

PREFIX = "sayso"


def payload(question: ConsentRequest, choice: str, purpose: str = "") -> str:
    """The id of a button: the question it answers and what it says."""
    return ":".join(part for part in (PREFIX, question.question_id, choice, purpose) if part)


@dataclass(frozen=True, slots=True)
class Known:
    """The situation, and the rows that it was read from."""

    situation: dialogue.Situation
    contact: Contact | None
    language: str
    code: ConsentRequest | None = None
    question: ConsentRequest | None = None
    typed: ConsentRequest | None = None


class Reader:
    """Looks at one message to one channel at one moment."""

    def __init__(self, channel: CaptureChannel, message: Message, now: datetime) -> None:
        self.channel, self.message, self.now = channel, message, now
        self.organisation = channel.organisation
        found = identity.find(self.organisation, message.identifiers)
        self.contact = found[0] if found else None
        self.languages = tuple({self.language, *self.organisation.languages})
        self.questions = requests.questions_to(self.organisation, message.identifiers)

    @property
    def language(self) -> str:
        usual = (*self.organisation.languages, texts.DEFAULT)
        return (self.contact.language if self.contact else "") or usual[0]

    def read(self) -> Known:
        matched = requests.find_by_code(self.organisation, self.message.text)
        typed = self._open_for_this_number()
        stop = not matched and not self.message.payload and self._means(Intent.STOP)
        question, answer = (None, None) if matched or stop else self._answer()
        situation = dialogue.Situation(
            purposes=tuple(purpose.key for purpose in self.channel.purposes.all()),
            allowed=self._allowed(),
            forwarded=self.message.forwarded,
            code=self._code(matched) if matched else None,
            answer=answer,
            stop=stop,
            start=self._means(Intent.START),
            join=keywords.is_join(self.message.text, self.channel.join_words),
            help=self.channel.replies == CaptureChannel.Replies.ALL and self._means(Intent.HELP),
            failed_code=not matched and self._failed_code(),
            typed_purposes=_keys(typed),
            typed_was_asked=any(q.parent_id == typed.pk for q in self.questions) if typed else False,
        )
        rows = (row for row in (question, matched.request if matched else None) if row)
        language = next((row.language for row in rows), self.language)
        code = matched.request if matched else None
        return Known(situation, self.contact, language, code=code, question=question, typed=typed)

    def _means(self, intent: Intent, text: str | None = None) -> bool:
        return keywords.means(self.message.text if text is None else text, intent, self.languages)

    def _allowed(self) -> tuple[str, ...]:
        if self.contact is None:
            return ()
        purposes = list(Purpose.objects.filter(organisation=self.organisation))
        allowed = desired.allowed_purposes(self.contact, purposes, self.now)
        return tuple(purpose.key for purpose in purposes if purpose.key in allowed)

    # A code

    def _code(self, matched: requests.Matched) -> dialogue.Code:
        request = matched.request
        return dialogue.Code(
            purposes=_keys(request),
            typed=self._typed(request),
            rest=self._rest(matched),
            expired=request.expires_at <= self.now,
            settled=self._settled(request),
            stale=self._stale(request),
        )

    def _typed(self, request: ConsentRequest) -> Typed:
        if not request.typed_number:
            return Typed.NONE
        mine = {i.value for i in self.message.identifiers if i.scheme == "phone"}
        return Typed.SAME if request.typed_number in mine else Typed.OTHER

    def _rest(self, matched: requests.Matched) -> Rest:
        rest = keywords.normalise(matched.rest)
        if not rest or wording.is_a_sentence(rest, matched.request.channel, matched.request.purposes.all()):
            return Rest.PLAIN
        if self._means(Intent.STOP, matched.rest):
            return Rest.STOP
        if self._means(Intent.NO, matched.rest):
            return Rest.NO
        return Rest.PLAIN if self._means(Intent.YES, matched.rest) else Rest.OTHER

    def _settled(self, request: ConsentRequest) -> bool:
        """Whether this sender said yes to a question about this request, and it still stands."""
        if self.contact is None:
            return False
        standing = ConsentRecord.objects.filter(contact=self.contact, grant__request__parent=request)
        return standing.count() == request.purposes.count()

    def _stale(self, request: ConsentRequest) -> frozenset[str]:
        """The purposes that were stopped in the second of the asking or after."""
        if self.contact is None:
            return frozenset()
        everything = gate.last_stop_of_everything(self.contact)
        records = ConsentRecord.objects.filter(contact=self.contact).select_related("stop")
        stops = {record.purpose_id: record.stop for record in records}
        return frozenset(
            purpose.key
            for purpose in request.purposes.all()
            if _is_since(stops.get(purpose.pk), request.asked_at) or _is_since(everything, request.asked_at)
        )

    def _open_for_this_number(self) -> ConsentRequest | None:
        """What somebody asked for with this number; nothing that was stopped since."""
        request = requests.open_for_number(self.organisation, self.message.identifiers, self.now)
        return request if request and set(_keys(request)) - self._stale(request) else None

    def _failed_code(self) -> bool:
        """Something that was meant as a code: a letter off, or our own sentence without it."""
        if self.message.payload:
            return False
        if codes.looks_like_one(self.message.text):
            return True
        return wording.is_a_sentence(self.message.text, self.channel, self.channel.purposes.all())

    # An answer

    def _answer(self) -> tuple[ConsentRequest | None, dialogue.Answer | None]:
        if self.message.payload:
            return self._tapped()
        choice = self._choice()
        question, is_clear = self._meant() if choice else (None, False)
        if question is None or choice is None:
            return None, None
        several = question.kind == "keep" and len(_keys(question)) > 1 and choice == Choice.YES
        return question, self._as_answer(question, choice, unclear=several or not is_clear)

    def _tapped(self) -> tuple[ConsentRequest | None, dialogue.Answer | None]:
        """The button's own question; a button of the organisation's own bot is left alone."""
        prefix, question_id, choice, picked = [*self.message.payload.split(":", 3), "", "", ""][:4]
        question = next((q for q in self.questions if q.question_id == question_id), None)
        if prefix != PREFIX or question is None or choice not in set(Choice):
            return None, None
        if picked and picked not in _keys(question):
            return None, None
        return question, self._as_answer(question, Choice(choice), picked=picked)

    def _as_answer(
        self, question: ConsentRequest, choice: Choice, *, picked: str = "", unclear: bool = False
    ) -> dialogue.Answer:
        return dialogue.Answer(
            kind=question.kind,
            purposes=_keys(question),
            choice=choice,
            picked=picked,
            ask_again=unclear or question.expires_at <= self.now,
            stale=self._stale(question),
        )

    def _choice(self) -> Choice | None:
        written = keywords.normalise(self.message.text)
        for choice in Choice:
            labels = {texts.text(f"button_{choice}", language) for language in self.languages}
            if written and written in {keywords.normalise(label) for label in labels}:
                return choice
        if self._means(Intent.NO):
            return Choice.NO
        return Choice.YES if self._means(Intent.YES) else None

    def _meant(self) -> tuple[ConsentRequest | None, bool]:
        """The question that typed words answer, and whether that is clear: quoted, or the only open one."""
        if self.message.context_id:
            sent = OutboundMessage.objects.filter(
                sender=self.channel.sender, vendor_id=self.message.context_id, request__isnull=False
            ).first()
            quoted = next((q for q in self.questions if sent and q.pk == sent.request_id), None)
            if quoted:
                return quoted, True
        open_ones = [q for q in self.questions if q.expires_at > self.now]
        answered = set(
            ConsentEvent.objects.filter(request__in=open_ones).values_list("request_id", flat=True)
        )
        unanswered = [q for q in open_ones if q.pk not in answered]
        # Who answered and changes their mind answers the newest question again.
        meant = (unanswered or open_ones[:1])[:1]
        return (meant[0], len(unanswered) <= 1) if meant else (None, False)


def _keys(request: ConsentRequest | None) -> tuple[str, ...]:
    return tuple(purpose.key for purpose in request.purposes.all()) if request else ()


def _is_since(stop: ConsentEvent | None, asked_at: datetime) -> bool:
    return stop is not None and second(stop.occurred_at) >= second(asked_at)
