"""Printed codes: short addresses as QR codes, and what is printed around them.

A source opens the channel's page, or WhatsApp at once with ``JOIN`` and its code filled in.
"""

from typing import cast

from channels_capture.base import Kind, Page, Preview
from channels_capture.website.preview import preview
from channels_capture.website.views import page

KIND = Kind(label="QR code", page=cast(Page, page), preview=cast(Preview, preview))
