"""Takes part in a bot's chat: asks with the wording on record, and hands over the code for WhatsApp.

No yes is recorded here. A stop and a no are: they are the person's own, and reach whoever sent one of the
codes that they were handed.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from channels_capture import placements
from channels_capture.base import Adapter, Answer, Arrival, Talk
from channels_capture.goodbye import Goodbye
from channels_capture.messenger_bot import replies
from channels_capture.messenger_bot.hearing import Ear, Heard, Said
from channels_capture.messenger_bot.replies import BotReplies
from channels_capture.messenger_bot.shapes import BotAdapter, BotMessage
from channels_capture.stops import Stops
from optins.consent import ages, desired, doubts, handed, identity, reach, recording, requests, texts, wording
from optins.consent.fold import second
from optins.consent.signal import ConsentSignal, Scheme
from optins.models import CaptureChannel, ConsentEvent, ConsentRequest, InboundDelivery, Placement, Purpose

AskNumber = CaptureChannel.AskNumber
# What a request says of itself, in the place of a page's version, while it waits for their number.
_NUMBER = "number"
_CLOCKS_DIFFER = timedelta(minutes=2)


class BotTalk(Talk):
    """Every platform's bots."""

    def handle(self, arrival: Arrival) -> str:
        said = cast(BotMessage, arrival.message)
        if said.is_blocked:
            replies.drop_waiting(arrival.channel, said.identifiers[0].value)
            return "blocked"
        return _Chat(arrival).carry_out()

    def answer(self, delivery: InboundDelivery, adapter: Adapter, address: str) -> Answer:
        return cast(BotAdapter, adapter).acknowledge(bytes(delivery.body))


class _Chat:
    def __init__(self, arrival: Arrival) -> None:
        self.channel, self.adapter = arrival.channel, arrival.adapter
        self.message = message = cast(BotMessage, arrival.message)
        self.received_at, self.sent_at, self.now = arrival.received_at, arrival.sent_at, arrival.now
        self.organisation = self.channel.organisation
        found = identity.find(self.organisation, message.identifiers)
        self.contact = found[0] if found else None
        usual = tuple(self.organisation.languages) or (texts.DEFAULT,)
        own = (message.language, message.language.split("-")[0], *usual)
        self.languages = tuple(dict.fromkeys(code for code in own if code))
        self.language = next((code for code in self.languages if code in texts.languages()), texts.DEFAULT)
        self.heard = Ear(self.channel, message, self.languages, self.now).hear()

    @property
    def replies(self) -> BotReplies:
        asked = self.heard.question
        return BotReplies(
            self.channel,
            self.message,
            language=asked.language if asked else self.language,
            sent_at=self.sent_at,
            now=self.now,
        )

    def carry_out(self) -> str:
        """What became of it, in a word."""
        if self.heard.said in (Said.STOP, Said.FORGET):
            self._stop()
        elif self.heard.said == Said.NARROWED:
            self._stop_these(self.heard.purposes)
        elif self.heard.said == Said.UNSURE:
            self._doubt()
        elif self._is_outlived():
            return "late"
        else:
            self._go_on(self.heard)
        found = identity.find(self.organisation, self.message.identifiers)
        reach.heard(found, self.message.identifiers, self.sent_at)
        return "left_alone" if self.heard.said == Said.NOTHING else str(self.heard.said)

    def _is_outlived(self) -> bool:
        """Whoever stopped since is asked and told nothing more of what they wrote before."""
        newest = Stops(self.contact).newest if self.contact else None
        return newest is not None and second(newest) > second(self.sent_at)

    def _go_on(self, heard: Heard) -> None:
        question = heard.question
        match heard.said:
            case Said.YES | Said.CHOOSE | Said.NO if question and question.expires_at <= self.now:
                self._ask(list(question.purposes.all()), question.placement)
            case Said.YES if question:
                self._chosen(question)
            case Said.CHOOSE if question:
                for purpose in question.purposes.all():
                    self._ask([purpose], question.placement)
            case Said.NO if question:
                self._refuse(question)
            case Said.NUMBER:
                self._shared()
            case Said.WISH:
                self._ask(list(self.channel.purposes.all()), self._source())
            case Said.HELP | Said.ANYTHING:
                self.replies.say("help")

    # Asking, and handing over

    def _source(self) -> Placement | None:
        """Where a link into the chat was found: its own code, or what the source is called elsewhere."""
        named = self.message.referral.id if self.message.referral else ""
        if not named:
            return None
        own = Placement.objects.filter(channel=self.channel, external_id=named).first()
        return own or placements.of(self.channel, named)

    def _ask(self, purposes: list[Purpose], source: Placement | None, *, page: str = "") -> None:
        """The wording in force, and one question about all of these; nothing where there is none."""
        try:
            shown = wording.translation(self.channel.notice, self.language)
        except wording.NoWording:
            return
        if not purposes or not self.replies.are_possible:
            return
        question = requests.ask(
            self.channel,
            ConsentRequest.Kind.CONSENT,
            purposes,
            self.message.identifiers,
            shown=shown,
            prompted_at=self.sent_at,
            now=self.now,
            placement=source,
            page=page,
        )
        if page == _NUMBER:
            self.replies.ask_number()
        else:
            self.replies.ask(question, purposes)

    def _chosen(self, question: ConsentRequest) -> None:
        """They chose: the code at once, or first the number, where the channel wants it and it can be had."""
        purposes = list(question.purposes.all())
        if self.channel.ask_number == AskNumber.REQUIRED and self._can_share:
            self._ask(purposes, question.placement, page=_NUMBER)
        else:
            self._hand_over(question)

    @property
    def _can_share(self) -> bool:
        return any(each.scheme == Scheme.TELEGRAM for each in self.message.identifiers)

    def _shared(self) -> None:
        """Their own number: a code for what they chose last; it is typed, no more, until it writes itself."""
        asked = requests.questions_to(self.organisation, self.message.identifiers)
        waiting = (q for q in asked[:1] if q.shown == _NUMBER and q.expires_at > self.now)
        chosen = next(waiting, None) or handed.last(self.organisation, self.message.identifiers, self.now)
        if chosen:
            self._hand_over(chosen, number=self.message.shared_number)
        else:
            self._ask(list(self.channel.purposes.all()), None)

    def _hand_over(self, chosen: ConsentRequest, number: str = "") -> None:
        purposes = list(chosen.purposes.all())
        opened = requests.open_request(
            self.channel,
            chosen.translation,
            purposes,
            now=self.now,
            typed_number=number,
            placement=chosen.placement,
            page=chosen.translation.content_hash,
            own_age=ages.to_say(self.organisation, purposes),
            is_test=chosen.is_test,
        )
        handed.note(opened, self.message.identifiers)
        may_share = self.channel.ask_number == AskNumber.OPTIONAL and self._can_share and not number
        self.replies.hand_over(opened, asks_number=may_share)

    # A stop and a no

    def _stop(self) -> None:
        others = self._end(self._signal(ConsentEvent.Kind.WITHDRAWN, ConsentEvent.Reason.STOP_WORD))
        if self.heard.said == Said.FORGET:
            Goodbye(self.channel, self.message, self.now).leave_to_staff()
            self.replies.say("forget_filed")
        else:
            # Of consent that came by other ways this chat knows nothing: it promises no more than is so.
            self.replies.say("stopped" if others else "bot_stopped")

    def _stop_these(self, purposes: tuple[Purpose, ...]) -> None:
        signal = self._signal(ConsentEvent.Kind.WITHDRAWN, ConsentEvent.Reason.STOP_WORD)
        others = self._end(replace(signal, purposes=purposes))
        self.replies.say(*(("refused", purposes) if others else ("bot_stopped",)))

    def _doubt(self) -> None:
        """It may be a stop of whoever sent one of their codes."""
        known = identity.find(self.organisation, self.message.identifiers)
        others = handed.came_of(self.organisation, self.message.identifiers)
        for contact in doubts.put([*known, *others]):
            desired.refresh(contact, self.now)

    def _refuse(self, question: ConsentRequest) -> None:
        self._end(self._signal(ConsentEvent.Kind.REFUSED, ConsentEvent.Reason.SAID_NO, question))
        self.replies.say("refused", tuple(question.purposes.all()))

    def _end(self, signal: ConsentSignal) -> bool:
        """Record it for this chat and for whoever sent a code of it; whether there is anybody."""
        others = handed.came_of(self.organisation, self.message.identifiers)
        handed.end(self.organisation, self.message.identifiers, self.now)
        recorded = recording.record(signal, now=self.now)
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
            evidence={
                **self.message.evidence,
                "verified": self.adapter.scheme,
                "proves": self.adapter.proves,
                "sent_at": self.sent_at.isoformat(),
            },
        )
