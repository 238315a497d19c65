"""Takes part in a call: what a key led to goes on record, then comes what is said next."""

from datetime import UTC, datetime
from typing import cast

from channels_capture import keyed, keypad
from channels_capture.base import Adapter, Answer, Arrival, Message, Talk
from channels_capture.ivr import script, state
from channels_capture.ivr.calls import CallAdapter, Prompt
from channels_capture.keypad import Act, Deed, Ending, Line
from optins.consent import ages, sessions
from optins.models import (
    CaptureChannel,
    ConsentRequest,
    InboundDelivery,
    NoticeTranslation,
    Purpose,
)


class CallTalk(Talk):
    """Every provider's calls."""

    def handle(self, arrival: Arrival) -> str:
        adapter = cast(CallAdapter, arrival.adapter)
        return _Call(arrival.channel, arrival.message, adapter, arrival.received_at).carry_out(arrival.now)

    def answer(self, delivery: InboundDelivery, adapter: Adapter, address: str) -> Answer:
        speaker = cast(CallAdapter, adapter)
        parsed = speaker.parse(bytes(delivery.body), delivery.headers, "")
        if not parsed.messages:
            return speaker.answer([])
        call = _Call(delivery.channel, parsed.messages[0], speaker, delivery.received_at)
        return speaker.say(call.prompt(address))


class _Call:
    """One request of a call: where the keys so far have led."""

    def __init__(
        self, channel: CaptureChannel, message: Message, adapter: CallAdapter, received_at: datetime
    ) -> None:
        self.channel, self.message, self.adapter = channel, message, adapter
        self.received_at = received_at
        known = state.read(message.payload) if message.payload else None
        self.state = known or self._beginning()
        self.keys = (*known.keys, keypad.read(message.text)) if known else ()
        purposes = self._purposes()
        # Where one that it asks about is no more, its keys mean something else: it ends.
        is_whole = len(purposes) == len(self.state.purposes)
        self.shown = keyed.wordings_of(channel, self.state.version, adapter.voices) if is_whole else {}
        self.script = script.build(self.shown, purposes, self.state.own_age)
        self.place = keypad.replay(self.script, self.keys)

    def _beginning(self) -> state.State:
        rows = keyed.wordings(self.channel, self.adapter.voices).values()
        purposes = list(self.channel.purposes.all())
        return state.State(
            channel=self.channel.public_id,
            call=self.message.context_id,
            version=next((row.version.number for row in rows), 0),
            purposes=tuple(purpose.key for purpose in purposes),
            began_at=int(self.received_at.timestamp()),
            own_age=ages.to_say(self.channel.organisation, purposes, self.message.identifiers),
        )

    def _purposes(self) -> list[Purpose]:
        """In the order in which the call began to ask about them."""
        rows = Purpose.objects.filter(organisation=self.channel.organisation, key__in=self.state.purposes)
        return sorted(rows, key=lambda row: self.state.purposes.index(row.key))

    @property
    def wording(self) -> NoticeTranslation | None:
        return self.shown.get(self.place.language)

    def carry_out(self, now: datetime) -> str:
        sitting = keyed.Sitting(
            channel=self.channel,
            id=self.state.call,
            message=self.message,
            adapter=self.adapter,
            shown=self.wording,
            asked_at=self._began_at(),
            received_at=self.received_at,
            now=now,
            proved=False,
        )
        return keyed.carry_out(sitting, self.place, self.keys, self._request)

    def _began_at(self) -> datetime:
        return datetime.fromtimestamp(self.state.began_at, UTC)

    def _request(self, act: Act, purpose: Purpose | None) -> ConsentRequest | None:
        """What the code at the end will confirm."""
        if act.deed != Deed.GIVE or purpose is None or self.wording is None or self.channel.sender is None:
            return None
        number = self.message.identifiers[0].value if self.message.identifiers else ""
        return sessions.add_to_code(
            self.channel,
            self.state.call,
            self.wording,
            purpose,
            number=number,
            asked_at=self._began_at(),
            own_age=self.state.own_age,
        ).request

    def prompt(self, address: str) -> Prompt:
        if self.place.step:
            next_address = state.address(address, self.state.after(self.keys))
            return Prompt(script.told(self.place), next_address)
        return Prompt((self._ending(),)) if self.shown else Prompt()

    def _ending(self) -> Line:
        language = self.place.language or self.script.language
        sender = self.channel.sender
        found = sessions.coded(self.channel, self.state.call)
        if found and sender and self.place.ending != Ending.STOPPED:
            return script.code(found.code, sender.number, language)
        is_known = bool(self.message.identifiers)
        return script.ending(self.place, self.channel.organisation, language, is_known=is_known)
