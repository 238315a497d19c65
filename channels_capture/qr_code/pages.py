"""The page that a printed code opens is the hosted opt-in page."""

from channels_capture.website import KIND

PAGE, PREVIEW = KIND.page, KIND.preview
