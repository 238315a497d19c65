"""What somebody said to a bot: a stop before anything else, an answer to its question, a wish to be asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from channels_capture.answers import PREFIX
from channels_capture.base import What
from channels_capture.hearing import Hearing, may_be_a_stop
from channels_capture.messenger_bot.shapes import BotMessage
from channels_capture.moves import Choice
from optins.consent import codes, keywords, requests, stop_words, texts, wording
from optins.consent.keywords import Intent
from optins.consent.stop_words import Nearness
from optins.models import CaptureChannel, ConsentRequest, Purpose


class Said(StrEnum):
    """What it comes down to."""

    STOP = "stop"
    NEAR = "near"  # it comes near one: marketing stops, and they are asked
    NOT_ME = "not_me"
    NARROWED = "narrowed"  # a stop of what it names alone
    UNSURE = "unsure"  # it may be a stop: staff decide
    LOSS = "loss"  # a stop of what stops on one
    FORGET = "forget"
    YES = "yes"
    NO = "no"
    CHOOSE = "choose"
    WISH = "wish"  # to be asked
    KEPT = "kept"  # no more than marketing is to stop
    NUMBER = "number"
    HELP = "help"
    ANYTHING = "anything"  # to which the channel wants an answer
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, to which question, or of which purposes."""

    said: Said
    question: ConsentRequest | None = None
    purposes: tuple[Purpose, ...] = ()


_CHOICES = {Choice.YES: Said.YES, Choice.NO: Said.NO, Choice.CHOOSE: Said.CHOOSE}


class Ear:
    """Listens to one message; ``languages``: those in which its words may be meant."""

    def __init__(
        self, channel: CaptureChannel, message: BotMessage, languages: tuple[str, ...], now: datetime
    ) -> None:
        self.channel, self.message, self.languages, self.now = channel, message, languages, now

    def hear(self) -> Heard:
        found = self._nearest()
        if self.message.what == What.STOP or found.nearness == Nearness.EXACT:
            return Heard(Said.STOP)
        if self._means(Intent.NOT_ME):
            return Heard(Said.NOT_ME)
        if lost := self._lost():
            return Heard(Said.LOSS, purposes=lost)
        if found.nearness == Nearness.NARROWED:
            return Heard(Said.NARROWED, purposes=self._named_by(found))
        if may_be_a_stop(found) and self._asked_scope:
            return Heard(Said.STOP)
        if found.nearness == Nearness.NEAR:
            return Heard(Said.NEAR)
        if self.message.what == What.EDITED:
            return Heard(Said.NOTHING)  # of an edited message only a stop counts
        if self._means(Intent.FORGET):
            return Heard(Said.FORGET)
        if self.message.payload:
            return self._tapped()
        return self._answered() or self._unasked(found.nearness)

    def _nearest(self) -> stop_words.Heard:
        """How near it comes to a stop, in any language, and of what, where it names that."""
        named = wording.named_in_sentence(self.message.text, self.channel.organisation)
        joined = keywords.beside_join(self.message.text, self.channel.join_words)
        parts = [named.beside] if named.purposes else [self.message.text]
        return self._ear.nearest(*parts, *([] if joined is None else [joined]))

    def _named_by(self, found: stop_words.Heard) -> tuple[Purpose, ...]:
        return tuple(purpose for purpose in self._ear.every if purpose.key in found.purposes)

    def _unasked(self, nearness: Nearness) -> Heard:
        """What it says where it answers nothing."""
        wished = self._wished()
        if wished != Said.WISH and self._asked_scope and self._ear.means_everything():
            return Heard(Said.STOP)
        return Heard(Said.UNSURE if nearness == Nearness.UNSURE else wished)

    @cached_property
    def _ear(self) -> Hearing:
        organisation = self.channel.organisation
        every = list(Purpose.objects.filter(organisation=organisation))
        return Hearing(organisation, self.message, self.languages, every)

    @cached_property
    def _newest(self) -> ConsentRequest | None:
        """The last question, should it be open."""
        asked = requests.questions_to(self.channel.organisation, self.message.identifiers)
        return asked[0] if asked and asked[0].expires_at > self.now else None

    @property
    def _asked_scope(self) -> bool:
        """Whether they are being asked if everything is to stop; a forwarded message is no answer."""
        is_asked = self._newest is not None and self._newest.kind == ConsentRequest.Kind.SCOPE
        return is_asked and not self.message.forwarded

    def _means(self, intent: Intent) -> bool:
        return keywords.means(self.message.text, intent, self.languages)

    def _lost(self) -> tuple[Purpose, ...]:
        """What stops where they write of a loss; a button called so is the organisation's own bot's."""
        if self.message.payload or not self._means(Intent.LOSS):
            return ()
        return tuple(Purpose.objects.filter(organisation=self.channel.organisation, stops_on_loss=True))

    def _tapped(self) -> Heard:
        """A button of ours, in their own chat; one of the organisation's own bot is left alone."""
        prefix, question_id, choice = [*self.message.payload.split(":", 2), "", ""][:3]
        if prefix != PREFIX or choice not in set(Choice):
            return Heard(Said.NOTHING)
        question = requests.question_to(self.channel.organisation, self.message.identifiers, question_id)
        return _answer(question, Choice(choice)) if question else Heard(Said.NOTHING)

    def _answered(self) -> Heard | None:
        """Words answer the newest question, should it be open; a forwarded message is not theirs."""
        choice = None if self.message.forwarded else self._choice()
        return _answer(self._newest, choice) if choice and self._newest else None

    def _choice(self) -> Choice | None:
        written = keywords.normalise(self.message.text)
        for choice in Choice if written else ():
            labels = (keywords.normalise(texts.text(f"button_{choice}", code)) for code in self.languages)
            if written in labels:
                return choice
        intents = ((Choice.NO, Intent.NO), (Choice.YES, Intent.YES))
        return next((choice for choice, intent in intents if self._means(intent)), None)

    def _wished(self) -> Said:
        text, is_told_all = self.message.text, self.channel.replies == CaptureChannel.Replies.ALL
        if self.message.shared_number:
            return Said.NUMBER
        if self.message.what == What.JOIN or self._means(Intent.START) or self._names_a_choice(text):
            return Said.WISH
        if is_told_all and self._means(Intent.HELP):
            return Said.HELP
        return Said.ANYTHING if is_told_all and text.strip() else Said.NOTHING

    def _names_a_choice(self, text: str) -> bool:
        """A join word; and a code or our sentence, which belong on WhatsApp: here they are a wish."""
        is_code = any(codes.candidates(text)) or bool(
            wording.named_in_sentence(text, self.channel.organisation).purposes
        )
        return is_code or keywords.is_join(text, self.channel.join_words)


def _answer(question: ConsentRequest, choice: Choice) -> Heard:
    if question.kind != ConsentRequest.Kind.SCOPE:
        return Heard(_CHOICES[choice], question)
    return Heard(Said.STOP if choice == Choice.YES else Said.KEPT, question)
