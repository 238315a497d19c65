"""What stops something in the words of one message."""

from dataclasses import replace

from channels_capture.base import Message
from channels_capture.moves import Situation
from optins.consent import keywords, stop_words
from optins.consent.keywords import Intent
from optins.consent.rulepacks import jurisdiction
from optins.consent.stop_words import Heard, Nearness
from optins.models import Organisation, Purpose


class Hearing:
    """Listens to one message in the languages that may be meant; ``every``: the organisation's purposes."""

    def __init__(
        self, organisation: Organisation, message: Message, languages: tuple[str, ...], every: list[Purpose]
    ) -> None:
        self.organisation, self.message = organisation, message
        self.languages, self.every = languages, every

    def whole(self, s: Situation) -> Situation:
        """What the whole message says, before it is looked at as an answer."""
        if self._hear(self.message.text).nearness == Nearness.EXACT:
            return replace(s, stop=True)
        if self._means(Intent.NOT_ME):
            return replace(s, not_me=True)
        if self._means(Intent.FORGET):
            return replace(s, forget=True)
        return self._of_a_loss(s) if self._means(Intent.LOSS) else s

    def near(self, s: Situation) -> Situation:
        """What comes near a stop, where it is nothing else."""
        heard = self.heard()
        marketing = tuple(p.key for p in self.every if p.category == Purpose.Category.MARKETING)
        return replace(
            s,
            narrowed=heard.purposes,
            nearly=heard.nearness == Nearness.NEAR,
            unsure=heard.nearness == Nearness.UNSURE,
            marketing=marketing,
        )

    def stop(self, s: Situation) -> Situation:
        """A stop, whole or near; nothing else."""
        is_exact = self._hear(self.message.text).nearness == Nearness.EXACT
        return replace(s, stop=True) if is_exact else self.near(s)

    def stop_on_a_button(self, s: Situation) -> Situation:
        """The same on somebody else's button, where "Cancel" cancels what the button is about."""
        return s if stop_words.is_everyday(self._hear(self.message.text).phrase) else self.stop(s)

    def heard(self) -> Heard:
        """How near the message comes to a stop."""
        return self._hear(self._without_our_name())

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

    def _without_our_name(self) -> str:
        """An organisation may be called Stop TB, and be greeted."""
        ours = keywords.normalise(self.organisation.name)
        return keywords.normalise(self.message.text).replace(ours, " ") if " " in ours else self.message.text

    def _means(self, intent: Intent) -> bool:
        return keywords.means(self.message.text, intent, self.languages)

    def _of_a_loss(self, s: Situation) -> Situation:
        """It means something only where there is something that stops on it."""
        loss = tuple(purpose.key for purpose in self.every if purpose.stops_on_loss)
        support = tuple(purpose.key for purpose in self.every if purpose.offered_on_loss)
        return replace(s, loss=loss, support=support)
