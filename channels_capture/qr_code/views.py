"""``/q/<CODE>``: counts that a printed code was opened, then shows its channel's page."""

import structlog
from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_capture import placements, registry
from channels_capture.website import context
from channels_capture.website.views import closed
from optins.consent import texts
from optins.models import Placement

_OUR_COLOUR = "#155e63"
log = structlog.get_logger(__name__)
# Browsers and messengers that fetch a page before anybody has asked for it say so in one of these.
_AHEAD_OF_TIME = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


@csrf_exempt
@never_cache
@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: HttpRequest, code: str) -> HttpResponse:
    """The page at its short address. It is no redirect: who opened what is known without a second request."""
    placement = placements.find(code)
    kind = registry.kind_of(placement.channel) if placement else None
    opens_whatsapp = placement is not None and placements.opens_whatsapp(placement)
    if placement is None or kind is None or (kind.page is None and not opens_whatsapp):
        return unknown(request)
    if _is_an_opening(request):
        _count(placement)
    if not placement.channel.is_active:
        return closed(request, placement.channel)
    if opens_whatsapp or kind.page is None:
        return HttpResponseRedirect(placements.whatsapp_link(placement))
    query = request.GET.copy()
    query["p"] = placement.code
    request.GET = query  # type: ignore[assignment]
    return kind.page(request, placement.channel)


def _is_an_opening(request: HttpRequest) -> bool:
    """Somebody came from the printed code: not from a link of the page itself, and not to try it out."""
    came_from_print = not {"p", "test"} & set(request.GET)
    return request.method == "GET" and came_from_print and not _is_ahead_of_time(request)


def _is_ahead_of_time(request: HttpRequest) -> bool:
    return any(
        word in request.headers.get(name, "").lower()
        for name in _AHEAD_OF_TIME
        for word in ("prefetch", "prerender", "preview")
    )


def _count(placement: Placement) -> None:
    try:
        placements.count_opening(placement, timezone.now())
    except DatabaseError:
        # A number for a chart is worth no error page: the person came to choose.
        log.exception("opening not counted", placement=placement.pk)


def unknown(request: HttpRequest) -> HttpResponse:
    """No such code: what to check, in a language that the browser asks for."""
    accepted = (code for code in context.accepted_languages(request) if code in texts.languages())
    language = next(accepted, texts.DEFAULT)
    values = {
        "organisation": {"name": "Sayso"},
        "brand": context.palette(_OUR_COLOUR),
        "language": language,
        "direction": texts.direction(language),
        "t": texts.all_texts(language),
    }
    return render(request, "capture/qr_code/unknown.html", values, status=404)
