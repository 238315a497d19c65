"""Which question of ours a message answers: by the button's id, the quoted message, or typed words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from channels_capture.base import Message
from channels_capture.moves import Answer, Choice, Typed
from channels_capture.stops import Stops
from optins.consent import keywords, requests, texts
from optins.consent.fold import second
from optins.consent.gate import WINDOW
from optins.consent.keywords import Intent
from optins.consent.signal import Identifier, Scheme
from optins.models import CaptureChannel, ConsentEvent, ConsentRequest, OutboundMessage

PREFIX = "sayso"
Kind = ConsentRequest.Kind


def payload(question: ConsentRequest, choice: str, purpose: str = "") -> str:
    """The id of a button: the question it answers and what it says."""
    return ":".join(part for part in (PREFIX, question.question_id, choice, purpose) if part)


def keys(request: ConsentRequest | None) -> tuple[str, ...]:
    return tuple(purpose.key for purpose in request.purposes.all()) if request else ()


def typed_into(request: ConsentRequest, identifiers: Iterable[Identifier]) -> Typed:
    """Whether the number typed where the code was made is the sender's own."""
    if not request.typed_number:
        return Typed.NONE
    mine = {i.value for i in identifiers if i.scheme == Scheme.PHONE}
    return Typed.SAME if request.typed_number in mine else Typed.OTHER


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, what was answered to it, and the language to go on in."""

    question: ConsentRequest
    answer: Answer
    language: str


class Answers:
    """Matches one message to the questions that were put to its sender (``mine``), the newest first."""

    def __init__(
        self,
        channel: CaptureChannel,
        message: Message,
        mine: tuple[Identifier, ...],
        languages: tuple[str, ...],
        stops: Stops,
        sent_at: datetime,
        now: datetime,
    ) -> None:
        self.channel, self.message, self.mine, self.languages = channel, message, mine, languages
        self.stops, self.sent_at, self.now = stops, sent_at, now
        self.questions = requests.questions_to(channel.organisation, mine)

    def tapped(self) -> Answered | None:
        """The button's own question; a button of the organisation's own bot is left alone."""
        prefix, question_id, choice, picked = [*self.message.payload.split(":", 3), "", "", ""][:4]
        if prefix != PREFIX or choice not in set(Choice):
            return None
        question = requests.question_to(self.channel.organisation, self.mine, question_id)
        if question is None or (picked and picked not in keys(question)):
            return None
        return self._answered(question, Choice(choice), picked=picked)

    def typed(self) -> Answered | None:
        """Words answer what they quote; else the one open question. Where that is unclear, ask again."""
        choice, languages = self._choice()
        if choice is None:
            return None
        question, is_clear = self._quoted() if self.message.context_id else self._open(choice)
        if question is None:
            return None
        several = question.kind == Kind.KEEP and len(keys(question)) > 1 and choice == Choice.YES
        language = question.language
        if question.kind == Kind.SCOPE:
            is_clear = True  # a missed stop is the costly error, and there is a way back from this one
        elif choice == Choice.YES and self._was_sent_before(question):
            is_clear = False  # to whatever it was said
        elif choice == Choice.YES and languages.isdisjoint({language, keywords.DEFAULT}):
            # The same word may say something else in the question's language: ask in theirs.
            language, is_clear = next(code for code in self.languages if code in languages), False
        return self._answered(question, choice, language=language, unclear=several or not is_clear)

    def _answered(
        self,
        question: ConsentRequest,
        choice: Choice,
        *,
        picked: str = "",
        language: str = "",
        unclear: bool = False,
    ) -> Answered:
        answer = Answer(
            kind=question.kind,
            purposes=keys(question),
            choice=choice,
            picked=picked,
            expired=question.expires_at <= self.now,
            unclear=unclear,
            typed=typed_into(question.parent, self.message.identifiers) if question.parent else Typed.NONE,
            stale=self.stale(question),
        )
        return Answered(question, answer, language or question.language)

    def _choice(self) -> tuple[Choice | None, frozenset[str]]:
        """What the words say, and in which of the languages that may be meant here."""
        written = keywords.normalise(self.message.text)
        for choice in Choice if written else ():
            labels = {code: texts.text(f"button_{choice}", code) for code in self.languages}
            said = frozenset(code for code in labels if keywords.normalise(labels[code]) == written)
            if said:
                return choice, said
        for choice, intent in ((Choice.NO, Intent.NO), (Choice.YES, Intent.YES)):
            if keywords.means(self.message.text, intent, self.languages):
                return choice, keywords.languages_of(self.message.text, intent)
        return None, frozenset()

    def _was_sent_before(self, question: ConsentRequest) -> bool:
        """Before the message that brought the question, by the vendor's own clock, but arrived after it."""
        return any(second(self.sent_at) < second(at) for at in _prompted(question))

    @property
    def asks_scope(self) -> bool:
        """Whether the last question that waits for an answer is whether everything is to stop."""
        newest = next((question for question in self.questions if self._is_waiting(question)), None)
        return newest is not None and newest.kind == Kind.SCOPE

    @property
    def came_near_at(self) -> datetime | None:
        """When they came near a stop within a day of this message, before it or after, and were asked.

        Of two near stops either may arrive first. Whether anything was asked or stopped between them does not
        matter: that, too, may arrive later than both.
        """
        asked = (q for q in self.questions if q.kind == Kind.SCOPE and self._is_open(q))
        times = (at for question in asked for at in _prompted(question))
        return max((at for at in times if abs(at - self.sent_at) < requests.QUESTION_LIFE), default=None)

    @property
    def quotes_another(self) -> bool:
        """Whether the message answers something else than a question of ours."""
        return bool(self.message.context_id) and self._quoted()[0] is None

    def _quoted(self) -> tuple[ConsentRequest | None, bool]:
        """The question in the quoted message; what quotes anything else answers nothing of ours."""
        sent = OutboundMessage.objects.filter(sender=self.channel.sender, vendor_id=self.message.context_id)
        asked = set(sent.values_list("request_id", flat=True))
        return next((q for q in self.questions if q.pk in asked), None), True

    def _open(self, choice: Choice) -> tuple[ConsentRequest | None, bool]:
        """The open question that words answer, and whether it is clear that they do."""
        waiting = [q for q in self.questions if self._is_waiting(q)]
        # What was stopped since it was asked competes with nothing that was asked after.
        meant = [q for q in waiting if not keys(q) or self.stale(q) != set(keys(q))] or waiting
        if meant:
            return meant[0], len(meant) == 1 or self._was_asked_again(meant[0])
        changed = (q for q in self.questions if self._is_open(q) and self._changes(q, choice))
        return next(changed, None), True

    def _is_open(self, question: ConsentRequest) -> bool:
        return question.expires_at > self.now and _was_put(question)

    def _is_waiting(self, question: ConsentRequest) -> bool:
        newer = self.questions[: self.questions.index(question)]
        replaced = any(_replaces(other, question) for other in newer)
        is_settled = question.events.all() or self._was_settled_by_a_stop(question)
        return self._is_open(question) and not is_settled and not replaced

    def _was_settled_by_a_stop(self, question: ConsentRequest) -> bool:
        """Whether everything was to stop was asked, and has stopped since."""
        return question.kind == Kind.SCOPE and bool(self.stops.since([""], question.asked_at))

    def _was_asked_again(self, question: ConsentRequest) -> bool:
        older = self.questions[self.questions.index(question) + 1 :]
        return any(_replaces(question, o) and keys(o) == keys(question) for o in older if not o.events.all())

    def _changes(self, question: ConsentRequest, choice: Choice) -> bool:
        """Whether this would change the answer that was given; else it was said to somebody else's question.

        After a no, a yes brings the question again; after a yes, a no counts.
        """
        answers = [e for e in question.events.all() if e.kind != ConsentEvent.Kind.INVALIDATED]
        stopped = self.stale(question)
        return bool(answers) and (
            bool(stopped) if choice != Choice.NO else bool(set(keys(question)) - stopped)
        )

    def stale(self, question: ConsentRequest) -> frozenset[str]:
        return self.stops.since(keys(question), question.asked_at)

    def is_still_asked(self, kind: str, parent: ConsentRequest | None, purposes: Iterable[str]) -> bool:
        """Whether this very question is open, unanswered, and was asked after any stop."""
        wanted = set(purposes)
        return any(
            question.kind == kind
            and question.parent_id == (parent.pk if parent else None)
            and set(keys(question)) == wanted
            and self._is_waiting(question)
            and not self.stale(question)
            for question in self.questions
        )

    def was_asked_about(self, request: ConsentRequest) -> bool:
        return any(q.parent_id == request.pk and _was_put(q) for q in self.questions)


def _prompted(question: ConsentRequest) -> list[datetime]:
    """When what the question followed was sent, by the vendor's own clock."""
    return [message.expires_at - WINDOW for message in question.messages.all()]


def _was_put(question: ConsentRequest) -> bool:
    """Whether it was not lost on its way to them."""
    return any(message.state != OutboundMessage.State.FAILED for message in question.messages.all())


def _replaces(newer: ConsentRequest, older: ConsentRequest) -> bool:
    """Whether, after the newer question, words no longer answer the older one."""
    new, old = set(keys(newer)), set(keys(older))
    if newer.parent_id == older.pk:
        return True  # it was asked again, or purpose by purpose
    if older.kind == Kind.KEEP:
        return old <= new
    if newer.parent_id != older.parent_id or newer.kind != older.kind:
        return False
    return new == old or (newer.parent_id is not None and new <= old)
