"""Takes part in a USSD session: everything typed so far comes each time, and is replayed from the start."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from channels_capture import keyed, keypad, met
from channels_capture.base import Adapter, Answer, Arrival, Message, Talk
from channels_capture.keypad import Deed, Ending, Place
from channels_capture.stops import Stops
from channels_capture.ussd import script
from optins.consent import ages, identity, keywords, sessions, suppressions, testers, texts
from optins.consent.keywords import Intent
from optins.models import CaptureChannel, ConsentRequest, InboundDelivery, Purpose

_SEPARATOR = "*"


class SessionTalk(Talk):
    """Every provider's sessions."""

    def handle(self, arrival: Arrival) -> str:
        session = _Session(arrival.channel, arrival.message)
        outcome = session.carry_out(arrival)
        return session.compared() if arrival.message.payload else outcome

    def answer(self, delivery: InboundDelivery, adapter: Adapter, address: str) -> Answer:
        parsed = adapter.parse(bytes(delivery.body), delivery.headers, "")
        if not parsed.messages:
            return Answer("END")
        if parsed.messages[0].payload:
            return adapter.answer([])
        return Answer(_Session(delivery.channel, parsed.messages[0]).screen())


class _Session:
    """One request of a session: where what was typed has led."""

    def __init__(self, channel: CaptureChannel, message: Message) -> None:
        self.channel, self.message = channel, message
        self.request = request = sessions.find(channel, message.context_id)
        if request:
            self.shown = keyed.wordings_of(channel, request.translation.version.number)
            self.purposes, self.own_age = sessions.purposes_of(request), request.own_age
        else:
            self.shown, self.purposes = keyed.wordings(channel), list(channel.purposes.all())
            self.own_age = ages.to_say(channel.organisation, self.purposes, message.identifiers)
        self.script = script.build(self.shown, self.purposes, self.own_age)
        self.keys = self._keys()
        self.place = self._sound(keypad.replay(self.script, self.keys))

    def _keys(self) -> tuple[str, ...]:
        """What was typed on each screen; to stop no screen is needed: it can be dialled at once."""
        typed = tuple(map(self._key, entries(self.channel, self.message)))
        dialled = self._key(self.message.text.rpartition(_SEPARATOR)[2])
        return typed or ((keypad.STOP,) if dialled == keypad.STOP else ())

    def _key(self, entry: str) -> str:
        languages = (*self.shown, *self.channel.organisation.languages)
        is_stop = keywords.means(entry, Intent.STOP, languages)
        return keypad.STOP if is_stop else keypad.read(entry)

    def _sound(self, place: Place) -> Place:
        """Nothing but a stop, where they answer what they were not asked, or not in these words."""
        if self.request:
            is_asked = place.language == self.request.language
        else:
            is_asked = not any(act.purpose for act in place.acts)
        if is_asked:
            return place
        stops = tuple(act for act in place.acts if act.deed == Deed.STOP)
        return replace(place, acts=stops, ending=Ending.STOPPED if stops else Ending.NO_ANSWER)

    def carry_out(self, arrival: Arrival) -> str:
        if self.request is None and self.place.language and self.place.step:
            self.request = self._put(arrival.received_at)
        request = self.request
        sitting = keyed.Sitting(
            channel=self.channel,
            id=self.message.context_id,
            message=self.message,
            adapter=arrival.adapter,
            shown=request.translation if request else None,
            asked_at=request.asked_at if request else arrival.received_at,
            received_at=arrival.received_at,
            now=arrival.now,
            proved=True,
        )
        return keyed.carry_out(sitting, self.place, self.keys, self._request_of)

    def _request_of(self, _act: keypad.Act, _purpose: Purpose | None) -> ConsentRequest | None:
        return self.request

    def _put(self, received_at: datetime) -> ConsentRequest:
        """The question of this session comes after everything that was stopped before it."""
        found = identity.find(self.channel.organisation, self.message.identifiers)
        suppressed = () if found else suppressions.met(self.channel.organisation, self.message.identifiers)
        newest = Stops(found[0] if found else None, suppressed).newest
        after = newest.replace(microsecond=0) + timedelta(seconds=1) if newest else received_at
        return sessions.put(
            self.channel,
            self.message.context_id,
            self.shown[self.place.language],
            self.purposes,
            asked_at=max(received_at, after),
            own_age=self.own_age,
            is_test=testers.are_all(self.message.identifiers),
        )

    def screen(self) -> str:
        """What is shown now, as the operator takes it: CON goes on, END is the last."""
        if self.place.step:
            return f"CON {script.told(self.place)}"
        place = (
            self.place if self.message.identifiers else replace(self.place, acts=(), ending=Ending.NO_ANSWER)
        )
        language = self.place.language or self.script.language or texts.DEFAULT
        return f"END {script.ending(place, self.channel.organisation, language)}"

    def compared(self) -> str:
        """Whether the operator says that it showed last what we answered last."""
        return "confirmed" if self.message.payload.strip() == self.screen().strip() else "differs"


def entries(channel: CaptureChannel, message: Message) -> tuple[str, ...]:
    """What was typed on each screen that we showed.

    The whole history comes each time, and whoever dials ``*384*1*1#`` or types ``1*1`` on one screen has
    answered no question that was asked: it is cut only where a screen was shown, which is where a request
    was processed.
    """
    text = message.text
    ends = [at for at, char in enumerate(text) if char == _SEPARATOR]
    prefixes = {f"{message.context_id}/{text[:end]}": end for end in (0, *ends)}
    shown = sorted({prefixes[id_] for id_ in met.among(channel, prefixes)})
    if not shown:
        return ()
    last = [len(text)] if len(text) > shown[-1] else []
    cuts = [*shown, *last]
    return tuple(text[start + 1 if start else 0 : end] for start, end in pairwise(cuts))
