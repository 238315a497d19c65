"""A call in which keys are pressed: it says the wording, and ends with a code to send by WhatsApp.

A caller's number can be forged, so a key alone proves nothing: the code does, once it is sent.
"""

from channels_capture.base import Kind
from channels_capture.ivr.africastalking import AfricastalkingVoice
from channels_capture.ivr.talk import CallTalk
from channels_capture.ivr.twilio import TwilioVoice
from channels_capture.ivr.vonage import VonageVoice

KIND = Kind(
    label="Call with keys (IVR)",
    providers={"twilio": TwilioVoice(), "africastalking": AfricastalkingVoice(), "vonage": VonageVoice()},
    talk=CallTalk(),
)
