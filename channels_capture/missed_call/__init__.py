"""A call that nobody answers, free for whoever makes it: it shows interest, and is never consent.

Nothing is sent to the number. Should its owner write, they are asked once.
"""

from channels_capture.base import Kind
from channels_capture.missed_call.africastalking import AfricastalkingMissedCall
from channels_capture.missed_call.talk import InterestTalk

KIND = Kind(
    label="Missed call", providers={"africastalking": AfricastalkingMissedCall()}, talk=InterestTalk()
)
