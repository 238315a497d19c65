"""Opt-in inside a WhatsApp conversation: the person writes, and the answer is the proof."""

from channels_capture.base import Kind
from channels_capture.whatsapp_thread.dialog360 import Dialog360
from channels_capture.whatsapp_thread.turn import Turn
from channels_capture.whatsapp_thread.twilio import TwilioWhatsapp
from channels_capture.whatsapp_thread.whatsapp_cloud import WhatsappCloud

KIND = Kind(
    label="WhatsApp thread",
    providers={
        "turn": Turn(),
        "whatsapp_cloud": WhatsappCloud(),
        "dialog360": Dialog360(),
        "twilio": TwilioWhatsapp(),
    },
)
