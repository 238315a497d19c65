"""Printed codes: short addresses as QR codes, and what is printed around them.

A source opens the channel's page, or WhatsApp at once with ``JOIN`` and its code filled in.
"""

from channels_capture.base import Kind
from channels_capture.qr_code.pages import PAGE, PREVIEW

KIND = Kind(label="QR code", page=PAGE, preview=PREVIEW)
