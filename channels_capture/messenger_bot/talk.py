"""Takes part in a bot's chat: asks with the wording on record, and hands over the code for WhatsApp.

No yes is recorded here. A stop and a no are (``stopping.py``): they are the person's own, and reach whoever
sent one of the codes that they were handed.
"""

from typing import cast

from channels_capture import placements
from channels_capture.base import Adapter, Answer, Arrival, Talk
from channels_capture.messenger_bot import replies
from channels_capture.messenger_bot.hearing import Heard, Said
from channels_capture.messenger_bot.shapes import BotAdapter, BotMessage
from channels_capture.messenger_bot.stopping import Stopping
from channels_capture.stops import Stops
from optins.consent import ages, gate, handed, reach, requests, wording
from optins.consent.fold import second
from optins.consent.signal import Scheme
from optins.models import CaptureChannel, ConsentRequest, Contact, InboundDelivery, Placement, Purpose

AskNumber = CaptureChannel.AskNumber
# What a request says of itself, in the place of a page's version, while it waits for their number.
_NUMBER = "number"
# What became of a message is kept, and says nothing about health.
_OUTCOMES: dict[Said, str] = {Said.NOTHING: "left_alone", Said.LOSS: str(Said.STOP)}


class BotTalk(Talk):
    """Every platform's bots."""

    def handle(self, arrival: Arrival) -> str:
        said = cast(BotMessage, arrival.message)
        if said.is_blocked:
            replies.drop_waiting(arrival.channel, said.identifiers[0].value)
            return "blocked"
        return _Asking(arrival).carry_out()

    def answer(self, delivery: InboundDelivery, adapter: Adapter, address: str) -> Answer:
        return cast(BotAdapter, adapter).acknowledge(bytes(delivery.body))


class _Asking(Stopping):
    """What follows from what was heard: a question, the code, or an end."""

    def carry_out(self) -> str:
        """What became of it, in a word."""
        match self.heard.said:
            case Said.STOP | Said.FORGET:
                self.stop()
            case Said.NEAR:
                self.come_near()
            case Said.NOT_ME:
                self.not_me()
            case Said.NARROWED:
                self.stop_these(self.heard.purposes)
            case Said.LOSS:
                self._condole()
            case Said.UNSURE:
                self.doubt()
            case _ if self._is_outlived():
                return "late"
            case _:
                self._go_on(self.heard)
        reach.heard(self.held.contacts, self.message.identifiers, self.sent_at)
        return _OUTCOMES.get(self.heard.said, str(self.heard.said))

    def _condole(self) -> None:
        """Support is a question of its own, which nobody need answer; not of whoever stopped since."""
        may_offer = not self._is_outlived()
        reached = self.stop_on_loss(self.heard.purposes)
        offered = Purpose.objects.filter(organisation=self.organisation, offered_on_loss=True)
        if may_offer:
            self._ask([purpose for purpose in offered if not self._is_allowed(purpose, reached)], None)

    def _is_allowed(self, purpose: Purpose, contacts: list[Contact]) -> bool:
        return any(gate.standing_of(contact, purpose, self.now).allowed for contact in contacts)

    def _is_outlived(self) -> bool:
        """Whoever stopped since is asked and told nothing more of what they wrote before."""
        newest = Stops(self.contact).newest if self.contact else None
        return newest is not None and second(newest) > second(self.sent_at)

    def _go_on(self, heard: Heard) -> None:
        question = heard.question
        match heard.said:
            case Said.KEPT if question and question.expires_at > self.now:
                self.keep(question)
            case Said.YES | Said.CHOOSE | Said.NO if question and question.expires_at <= self.now:
                self._ask(list(question.purposes.all()), question.placement)
            case Said.YES if question:
                self._chosen(question)
            case Said.CHOOSE if question:
                for purpose in question.purposes.all():
                    self._ask([purpose], question.placement)
            case Said.NO if question:
                self.refuse(question)
            case Said.NUMBER:
                self._shared()
            case Said.WISH:
                self._ask(self._usual(), self._source())
            case Said.HELP | Said.ANYTHING:
                self.replies.say("help")

    def _usual(self) -> list[Purpose]:
        """What the channel is about; last of all what is not to be brought up since they wrote of a loss."""
        purposes = list(self.channel.purposes.all())
        others = [purpose for purpose in purposes if not purpose.stops_on_loss]
        return others if others and others != purposes and self._is_in_peace() else purposes

    def _is_in_peace(self) -> bool:
        theirs = handed.came_of(self.organisation, self.message.identifiers)
        theirs += [self.contact] if self.contact else []
        return any(contact.left_in_peace_at for contact in theirs)

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
            self._ask(self._usual(), None)

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
