"""The two public views of every channel: its webhook and its page."""

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_capture import intake, registry
from channels_capture.base import Adapter, Answer, Incoming, Page, Said
from optins import tasks
from optins.models import CaptureChannel

log = structlog.get_logger(__name__)


def channel_or_404(**found_by: str) -> CaptureChannel:
    """An active channel of an open organisation, or 404."""
    rows = CaptureChannel.objects.select_related("organisation", "sender", "notice")
    channel = get_object_or_404(rows, is_active=True, organisation__closed_at=None, **found_by)
    channel.notice.organisation = channel.organisation
    return channel


def channel_and_page_or_404(slug: str) -> tuple[CaptureChannel, Page]:
    """Of an active channel whose kind has a page, or 404."""
    channel = channel_or_404(slug=slug)
    kind = registry.kind_of(channel)
    if kind is None or kind.page is None:
        raise Http404
    return channel, kind.page


@csrf_exempt
@require_http_methods(["GET", "POST"])
@transaction.non_atomic_requests
def hook(request: HttpRequest, public_id: str, key: str = "") -> HttpResponse:
    """A provider's webhook: 401 unsigned, 503 if it could not be stored, else 200 after it was.

    ``key`` is the secret part of the address, for providers that sign nothing.
    """
    if "\0" in public_id:
        raise Http404  # no channel's name has it, and PostgreSQL would refuse to look
    try:
        channel = channel_or_404(public_id=public_id)
    except DatabaseError:
        return _not_stored()
    adapter = registry.adapter_of(channel)
    if adapter is None:
        raise Http404
    incoming = _incoming(request, public_id, key)
    if request.method == "GET" and not (adapter.takes_get and incoming.query):
        return _shake_hands(channel, adapter, incoming)
    return _receive(channel, adapter, incoming)


def _incoming(request: HttpRequest, public_id: str, key: str) -> Incoming:
    return Incoming(
        method=request.method or "",
        # What is signed is the public address; behind a proxy the request's own may be another.
        url=f"{settings.PUBLIC_URL}{request.get_full_path()}",
        query=request.META.get("QUERY_STRING", "").encode("latin-1"),
        body=request.body,
        headers=request.headers,
        public_id=public_id,
        at=timezone.now(),
        key=key,
    )


def _shake_hands(channel: CaptureChannel, adapter: Adapter, incoming: Incoming) -> HttpResponse:
    if not adapter.has_handshake:
        return HttpResponse(status=405, headers={"Allow": "GET, POST" if adapter.takes_get else "POST"})
    answer = adapter.handshake(incoming, channel.secret)
    return _say(answer) if answer else HttpResponse("Not the verify token.\n", "text/plain", status=403)


def _say(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, content_type=answer.content_type)


def _receive(channel: CaptureChannel, adapter: Adapter, incoming: Incoming) -> HttpResponse:
    try:
        if not intake.is_genuine(channel, adapter, incoming):
            return HttpResponse("The signature is missing or wrong.\n", status=401, content_type="text/plain")
        delivery = intake.store(channel, incoming)
    except DatabaseError:
        return _not_stored()
    said: list[Said] = []
    try:
        said = intake.process(delivery, timezone.now(), may_answer=adapter.answers_inline)
    except DatabaseError:
        # It is stored: the worker processes it. The vendor need not send it again.
        log.exception("delivery not processed", delivery=delivery.pk)
    tasks.nudge()
    talk = registry.talk_of(channel)
    if talk is None:
        return _say(adapter.answer(said))
    try:
        return _say(talk.answer(delivery, adapter, registry.hook_address(channel)))
    except DatabaseError:
        log.exception("delivery not answered", delivery=delivery.pk)
        return _say(adapter.answer([]))


def _not_stored() -> HttpResponse:
    log.exception("delivery not stored")
    return HttpResponse("Not stored; please send it again.\n", status=503, content_type="text/plain")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a channel. It needs no cookie, so its kind checks origin and form token instead of CSRF."""
    channel, shown = channel_and_page_or_404(slug)
    return shown(request, channel)
