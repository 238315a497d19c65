"""The two public views of every channel: its webhook and its page."""

from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_capture import intake, registry
from optins import tasks
from optins.models import CaptureChannel

log = structlog.get_logger(__name__)


def _channel(**found_by: str) -> CaptureChannel:
    """An active channel of an open organisation, or 404."""
    rows = CaptureChannel.objects.select_related("organisation", "sender", "notice__organisation")
    return get_object_or_404(rows, is_active=True, organisation__closed_at=None, **found_by)


@csrf_exempt
@require_http_methods(["GET", "POST"])
@transaction.non_atomic_requests
def hook(request: HttpRequest, public_id: str) -> HttpResponse:
    """A provider's webhook: 401 unsigned, 503 if it could not be stored, else 200 after it was."""
    if "\0" in public_id:
        raise Http404  # no channel's name has it, and PostgreSQL would refuse to look
    try:
        channel = _channel(public_id=public_id)
    except DatabaseError:
        return _not_stored()
    adapter = registry.adapter_of(channel)
    if adapter is None:
        raise Http404
    if request.method == "GET":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    return _receive(request, channel, adapter)


def _receive(request: HttpRequest, channel: CaptureChannel, adapter: Any) -> HttpResponse:
    body = request.body
    try:
        if not intake.is_genuine(channel, adapter, body, request.headers):
            return HttpResponse("The signature is missing or wrong.\n", status=401, content_type="text/plain")
        delivery = intake.store(channel, body, request.headers, timezone.now())
    except DatabaseError:
        return _not_stored()
    try:
        intake.process(delivery, timezone.now())
    except DatabaseError:
        # It is stored: the worker processes it. The vendor need not send it again.
        log.exception("delivery not processed", delivery=delivery.pk)
    tasks.nudge()
    return HttpResponse("ok\n", content_type="text/plain")


def _not_stored() -> HttpResponse:
    log.exception("delivery not stored")
    return HttpResponse("Not stored; please send it again.\n", status=503, content_type="text/plain")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a channel. It needs no cookie, so its kind checks origin and form token instead of CSRF."""
    channel = _channel(slug=slug)
    kind = registry.kind_of(channel)
    if kind is None or kind.page is None:
        raise Http404
    return kind.page(request, channel)
