"""``/c/<slug>/form/``: the form that a law prescribes for what a channel asks."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_capture.base import Page
from channels_capture.prescribed_form import page
from channels_capture.views import channel_and_page_or_404

# django-csp types every view that it decorates alike.
_page = cast(Page, page.page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """Of a channel that has a page; like that, it needs no cookie and checks origin and token instead."""
    channel, _usual = channel_and_page_or_404(slug)
    return _page(request, channel)
