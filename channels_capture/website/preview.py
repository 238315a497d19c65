"""The hosted page as it would be with a wording that is not in force. Nothing is collected on it."""

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from channels_capture.website import context
from channels_capture.website.form import Choice
from optins.models import CaptureChannel, NoticeTranslation


@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
def preview(request: HttpRequest, channel: CaptureChannel, shown: NoticeTranslation) -> HttpResponse:
    """Without a token and with everything that could be sent switched off."""
    values = context.page(request, channel, shown, "", Choice(), "") | {"languages": []}
    return render(request, "capture/website/preview.html", values | {"version": shown.version})
