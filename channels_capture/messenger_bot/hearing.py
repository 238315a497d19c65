"""What somebody said to a bot: a stop before anything else, an answer to its question, a wish to be asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from channels_capture.answers import PREFIX
from channels_capture.base import What
from channels_capture.hearing import Hearing
from channels_capture.messenger_bot.shapes import BotMessage
from channels_capture.moves import Choice
from optins.consent import codes, keywords, requests, texts, wording
from optins.consent.keywords import Intent
from optins.consent.stop_words import Nearness
from optins.models import CaptureChannel, ConsentRequest, Purpose


class Said(StrEnum):
    """What it comes down to."""

    STOP = "stop"
    NARROWED = "narrowed"  # a stop of what it names alone
    UNSURE = "unsure"  # it may be a stop: staff decide
    LOSS = "loss"  # a stop of what stops on one
    FORGET = "forget"
    YES = "yes"
    NO = "no"
    CHOOSE = "choose"
    WISH = "wish"  # to be asked
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


_ENDS = {Nearness.EXACT, Nearness.NEAR}
_CHOICES = {Choice.YES: Said.YES, Choice.NO: Said.NO, Choice.CHOOSE: Said.CHOOSE}


class Ear:
    """Listens to one message; ``languages``: those in which its words may be meant."""

    def __init__(
        self, channel: CaptureChannel, message: BotMessage, languages: tuple[str, ...], now: datetime
    ) -> None:
        self.channel, self.message, self.languages, self.now = channel, message, languages, now

    def hear(self) -> Heard:
        nearness, purposes = self._nearness()
        if self.message.what == What.STOP or nearness in _ENDS or self._means(Intent.NOT_ME):
            return Heard(Said.STOP)
        if lost := self._lost():
            return Heard(Said.LOSS, purposes=lost)
        if nearness == Nearness.NARROWED:
            return Heard(Said.NARROWED, purposes=purposes)
        if self.message.what == What.EDITED:
            return Heard(Said.NOTHING)  # of an edited message only a stop counts
        if self._means(Intent.FORGET):
            return Heard(Said.FORGET)
        if self.message.payload:
            return self._tapped()
        return self._answered() or Heard(Said.UNSURE if nearness == Nearness.UNSURE else self._wished())

    def _nearness(self) -> tuple[Nearness, tuple[Purpose, ...]]:
        """How near it comes to a stop, in any language, and of what, where it names that."""
        organisation = self.channel.organisation
        every = list(Purpose.objects.filter(organisation=organisation))
        ear = Hearing(organisation, self.message, self.languages, every)
        named = wording.named_in_sentence(self.message.text, organisation)
        joined = keywords.beside_join(self.message.text, self.channel.join_words)
        parts = [named.beside] if named.purposes else [self.message.text]
        heard = ear.nearest(*parts, *([] if joined is None else [joined]))
        return heard.nearness, tuple(purpose for purpose in every if purpose.key in heard.purposes)

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
        return Heard(_CHOICES[Choice(choice)], question) if question else Heard(Said.NOTHING)

    def _answered(self) -> Heard | None:
        """Words answer the newest question, should it be open; a forwarded message is not theirs."""
        choice = None if self.message.forwarded else self._choice()
        asked = requests.questions_to(self.channel.organisation, self.message.identifiers) if choice else []
        if choice is None or not asked or asked[0].expires_at <= self.now:
            return None
        return Heard(_CHOICES[choice], asked[0])

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
