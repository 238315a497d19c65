"""A stop and a no in a bot's chat: the person's own, and so of whoever sent one of the codes of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from channels_capture.acts import disown
from channels_capture.goodbye import Goodbye
from channels_capture.messenger_bot.chat import Chat
from channels_capture.messenger_bot.hearing import Said
from optins.consent import desired, doubts, handed, identity, recording, requests, wording
from optins.consent.signal import ConsentSignal
from optins.models import ConsentEvent, ConsentRequest, Contact, Purpose

_CLOCKS_DIFFER = timedelta(minutes=2)


class Stopping(Chat):
    """What a stop, a no, a loss and a doubt do there."""

    def stop(self) -> None:
        others = self._end(self._signal(ConsentEvent.Kind.WITHDRAWN, ConsentEvent.Reason.STOP_WORD))
        if self.heard.said == Said.FORGET:
            Goodbye(self.channel, self.held, self.now).leave_to_staff()
            self.replies.say("forget_filed")
        else:
            # Of consent that came by other ways this chat knows nothing: it promises no more than is so.
            self.replies.say("stopped" if others else "bot_stopped", page_of=self._own())

    def _own(self) -> Contact | None:
        """Whose page shows what was stopped or refused here."""
        return self.held.contacts[0] if self.held.contacts else None

    def come_near(self) -> None:
        """As on WhatsApp: marketing stops, and they are asked about the rest.

        Where nobody has sent a code of this chat there is no rest, and all that it began ends.
        """
        if not handed.came_of(self.organisation, self.message.identifiers):
            self.stop()
            return
        marketing = tuple(p for p in self.held.purposes if p.category == Purpose.Category.MARKETING)
        if marketing:  # a stop that names no purpose is one of everything
            signal = self._signal(ConsentEvent.Kind.WITHDRAWN, ConsentEvent.Reason.STOP_WORD)
            self._end(replace(signal, purposes=marketing))
        self._ask_scope()

    def _ask_scope(self) -> None:
        try:
            shown = wording.translation(self.channel.notice, self.language)
        except wording.NoWording:
            self.replies.say("stopped_marketing", page_of=self._own())
            return
        if self.replies.are_possible:
            question = requests.ask(
                self.channel,
                ConsentRequest.Kind.SCOPE,
                [],
                self.message.identifiers,
                shown=shown,
                prompted_at=self.sent_at,
                now=self.now,
            )
            self.replies.ask_scope(question, page_of=self._own())

    def keep(self, question: ConsentRequest) -> None:
        """What is no marketing goes on; a later word answers the question no more."""
        ConsentRequest.objects.filter(pk=question.pk).update(expires_at=self.now)
        self.replies.say("scope_kept")

    def not_me(self) -> None:
        """Everything ends, and nobody in this chat is taken for whoever was meant again."""
        others = self._end(self._signal(ConsentEvent.Kind.INVALIDATED, ConsentEvent.Reason.NOT_ME))
        disown(self.held, self.now)
        self.replies.say("stopped" if others else "bot_stopped")

    def stop_these(self, purposes: tuple[Purpose, ...]) -> None:
        signal = self._signal(ConsentEvent.Kind.WITHDRAWN, ConsentEvent.Reason.STOP_WORD)
        others = self._end(replace(signal, purposes=purposes))
        self.replies.say(*(("refused", purposes) if others else ("bot_stopped",)), page_of=self._own())

    def stop_on_loss(self, purposes: tuple[Purpose, ...]) -> list[Contact]:
        """Stop these, and leave in peace all whom it reaches, whom it returns. Nothing on record says why."""
        signal = self._signal(ConsentEvent.Kind.WITHDRAWN, ConsentEvent.Reason.STOP_WORD)
        self._end(replace(signal, purposes=purposes, evidence=self._circumstances()))
        reached = identity.reach(self.held.contacts)
        keys = [contact.pk for contact in reached]
        Contact.objects.filter(pk__in=keys).update(left_in_peace_at=self.sent_at)
        self.replies.say("loss")
        return reached

    def doubt(self) -> None:
        """It may be a stop of whoever sent one of their codes."""
        known = self.held.contacts
        others = handed.came_of(self.organisation, self.message.identifiers)
        for contact in doubts.put([*known, *others]):
            desired.refresh(contact, self.now)

    def refuse(self, question: ConsentRequest) -> None:
        self._end(self._signal(ConsentEvent.Kind.REFUSED, ConsentEvent.Reason.SAID_NO, question))
        self.replies.say("refused", tuple(question.purposes.all()), page_of=self._own())

    def _end(self, signal: ConsentSignal) -> bool:
        """Record it for this chat and for whoever sent a code of it; whether there is anybody."""
        others = handed.came_of(self.organisation, self.message.identifiers)
        handed.end(self.organisation, self.message.identifiers, self.now)
        recorded = recording.record(signal, now=self.now, held=self.held)
        others = [contact for contact in others if contact != recorded.contact]
        if others:
            recording.propose(recorded.contact, others, now=self.now)
        return bool(others)

    def _just_agreed(self) -> datetime | None:
        """Two platforms' clocks differ: a yes that seems to follow within minutes was before this stop."""
        known = handed.came_of(self.organisation, self.message.identifiers)
        last = identity.last_yes_of(known)
        return last if last and last - self.sent_at < _CLOCKS_DIFFER else None

    def _signal(self, kind: str, reason: str, question: ConsentRequest | None = None) -> ConsentSignal:
        return ConsentSignal(
            organisation=self.organisation,
            identifiers=self.message.identifiers,
            kind=kind,
            purposes=tuple(question.purposes.all()) if question else (),
            actor=ConsentEvent.Actor.PERSON,
            door=ConsentEvent.Door.WEBHOOK,
            connection=self.channel.public_id,
            id=self.message.id,
            channel=self.channel,
            placement=question.placement if question else None,
            request=question,
            translation=question.translation if question else None,
            language=question.language if question else self.language,
            occurred_at=self.sent_at,
            asked_at=question.asked_at if question else None,
            not_before=self._just_agreed(),
            received_at=self.received_at,
            proved=True,
            verified_by=self.channel.kind,
            reason=reason,
            evidence={**self.message.evidence, **self._circumstances()},
        )

    def _circumstances(self) -> dict[str, str]:
        """What there is to say of a message without a word of it."""
        return {
            "verified": self.adapter.scheme,
            "proves": self.adapter.proves,
            "sent_at": self.sent_at.isoformat(),
        }
