"""What stops something in the words of one message."""

from dataclasses import replace

from channels_capture.base import Message
from channels_capture.moves import Situation
from optins.consent import keywords, scope_words, stop_words
from optins.consent.keywords import Intent
from optins.consent.rulepacks import jurisdiction
from optins.consent.stop_words import Heard, Nearness
from optins.models import Organisation, Purpose

_FROM_THE_NEAREST = list(Nearness)


class Hearing:
    """Listens to one message in the languages that may be meant; ``every``: the organisation's purposes."""

    def __init__(
        self, organisation: Organisation, message: Message, languages: tuple[str, ...], every: list[Purpose]
    ) -> None:
        self.organisation, self.message = organisation, message
        self.languages, self.every = languages, every

    def whole(self, s: Situation, text: str | None = None) -> Situation:
        """What the whole message says, before it is looked at as an answer; or ``text``, the rest of it."""
        text = self.message.text if text is None else text
        if self._hear(text).nearness == Nearness.EXACT:
            return replace(s, stop=True)
        if self._means(Intent.NOT_ME, text):
            return replace(s, not_me=True)
        if self._means(Intent.FORGET, text):
            return replace(s, forget=True)
        return self._of_a_loss(s) if self._means(Intent.LOSS, text) else s

    def near(self, s: Situation, *texts: str) -> Situation:
        """What comes near a stop, where it is nothing else, in the message or else in these parts of it."""
        heard = self.nearest(*(texts or (self.message.text,)))
        is_near = heard.nearness == Nearness.NEAR
        is_again = (s.came_near and is_near) or (s.asked_scope and may_be_a_stop(heard))
        marketing = tuple(p.key for p in self.every if p.category == Purpose.Category.MARKETING)
        return replace(
            s,
            stop=is_again or heard.nearness == Nearness.EXACT,
            narrowed=heard.purposes,
            nearly=is_near,
            unsure=heard.nearness == Nearness.UNSURE,
            marketing=marketing,
        )

    def means_everything(self) -> bool:
        """Whether it is a yes in whatever words, to whether everything is to stop."""
        return scope_words.means_everything(self.message.text, self.languages, countries=self._countries())

    def stop(self, s: Situation) -> Situation:
        """A stop, whole or near; nothing else."""
        is_exact = self._hear(self.message.text).nearness == Nearness.EXACT
        return replace(s, stop=True) if is_exact else self.near(s)

    def stop_on_a_button(self, s: Situation) -> Situation:
        """The same on somebody else's button, where "Cancel" cancels what the button is about."""
        return s if stop_words.is_everyday(self._hear(self.message.text).phrase) else self.stop(s)

    def heard(self) -> Heard:
        """How near the message comes to a stop."""
        return self.nearest(self.message.text)

    def nearest(self, *texts: str) -> Heard:
        """Of these, whatever comes nearest to a stop."""
        found = (self._hear(self._without_our_name(text)) for text in texts)
        return min(found, key=lambda heard: _FROM_THE_NEAREST.index(heard.nearness))

    def is_stop(self, text: str) -> bool:
        """Whether words that stand beside a code stop it."""
        return self._hear(text).nearness in (Nearness.EXACT, Nearness.NEAR)

    def _hear(self, text: str) -> Heard:
        return stop_words.hear(
            text,
            self.languages,
            countries=self._countries(),
            titles={p.key: [*p.titles.values(), *p.discreet_titles.values()] for p in self.every},
        )

    def _countries(self) -> set[str]:
        pairs = ((each.scheme, each.value) for each in self.message.identifiers)
        where = jurisdiction.of_identifiers(pairs, self.organisation)
        return {self.organisation.country, *where.possible}

    def _without_our_name(self, text: str) -> str:
        """An organisation may be called Stop TB, and be greeted; "stop" beside any name is a whole one."""
        ours = keywords.normalise(self.organisation.name)
        return keywords.normalise(text).replace(ours, " ") if " " in ours else text

    def _means(self, intent: Intent, text: str) -> bool:
        return keywords.means(text, intent, self.languages)

    def _of_a_loss(self, s: Situation) -> Situation:
        """It means something only where there is something that stops on it."""
        loss = tuple(purpose.key for purpose in self.every if purpose.stops_on_loss)
        support = tuple(purpose.key for purpose in self.every if purpose.offered_on_loss)
        return replace(s, loss=loss, support=support)


def may_be_a_stop(heard: Heard) -> bool:
    """Whether it holds a stop word at all, but for an everyday one and one that says what is to stop."""
    if heard.nearness == Nearness.NONE:
        return bool(heard.phrase) and not stop_words.is_everyday(heard.phrase)
    return heard.nearness in (Nearness.NEAR, Nearness.UNSURE)
