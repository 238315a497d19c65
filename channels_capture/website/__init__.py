"""The hosted opt-in page: choose, then send the code from your own WhatsApp."""

from typing import cast

from channels_capture.base import Kind, Page, Preview
from channels_capture.website.preview import preview
from channels_capture.website.views import page

# django-csp types every view that it decorates alike.
KIND = Kind(label="Website", page=cast(Page, page), preview=cast(Preview, preview))
