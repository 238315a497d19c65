"""Opt-in inside a WhatsApp conversation: the person writes, and the answer is the proof."""

from channels_capture.base import Kind
from channels_capture.whatsapp_thread.turn import Turn

KIND = Kind(label="WhatsApp thread", providers={"turn": Turn()})
