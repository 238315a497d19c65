"""``/c/<slug>/form/``: the form that a law prescribes for what a channel asks."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_capture import registry
from channels_capture.base import Page
from channels_capture.prescribed_form import page
from channels_capture.views import channel_or_404

# django-csp types every view that it decorates alike.
_page = cast(Page, page.page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """Of a channel that has a page; like that, it needs no cookie and checks origin and token instead."""
    channel = channel_or_404(slug=slug)
    kind = registry.kind_of(channel)
    if kind is None or kind.page is None:
        raise Http404
    return _page(request, channel)
