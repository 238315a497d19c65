"""The hosted opt-in page: choose, then send the code from your own WhatsApp."""

from channels_capture.base import Kind
from channels_capture.website.views import page

KIND = Kind(label="Website", page=page)  # type: ignore[arg-type]  django-csp types every view alike
