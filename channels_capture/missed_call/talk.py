"""Notes interest: an open request for the number, and no event."""

from channels_capture import keyed
from channels_capture.base import Adapter, Answer, Arrival, Talk
from optins.consent import sessions
from optins.models import InboundDelivery


class InterestTalk(Talk):
    """Every provider's missed calls."""

    def handle(self, arrival: Arrival) -> str:
        channel, message = arrival.channel, arrival.message
        if not message.identifiers:
            return "unknown_number"
        shown = next(iter(keyed.wordings(channel).values()), None)
        if shown is None:
            return "nothing_to_say"
        number, purposes = message.identifiers[0].value, channel.purposes.all()
        sessions.note_interest(channel, message.id, shown, purposes, number=number, now=arrival.received_at)
        return "interest"

    def answer(self, delivery: InboundDelivery, adapter: Adapter, address: str) -> Answer:
        return adapter.answer([])
