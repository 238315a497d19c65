"""The page that a printed code opens is the hosted opt-in page."""

from typing import cast

from channels_capture.base import Page, Preview
from channels_capture.website import preview as website_preview
from channels_capture.website import views as website_views

# django-csp types every view that it decorates alike.
PAGE = cast(Page, website_views.page)
PREVIEW = cast(Preview, website_preview.preview)
