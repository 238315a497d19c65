"""The portal's addresses, and beside them what they are measured against."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from channels_capture import signatures
from config.urls import urlpatterns as portal
from optins.api.answers import decision_json
from optins.api.gate import read
from optins.api.keys import HasScope
from optins.consent import gate
from optins.models import CaptureChannel, InboundDelivery


@csrf_exempt
def bare(request: HttpRequest) -> JsonResponse:
    """The limit: a view that does nothing."""
    return JsonResponse({})


@csrf_exempt
def one_row(request: HttpRequest) -> HttpResponse:
    """The stock way to take a webhook: verify it, store its body, and no more."""
    channel = CaptureChannel.objects.only("pk", "secret").get(slug="riverside-whatsapp")
    signature = request.headers.get("X-Turn-Hook-Signature", "")
    if not signatures.hmac_sha256_base64(request.body, channel.secret, signature):
        return HttpResponse(status=401)
    now = timezone.now()
    InboundDelivery.objects.create(
        channel=channel, body=request.body, headers={}, received_at=now, next_attempt_at=now, state="done"
    )
    return HttpResponse("ok")


class StockGate(APIView):
    """The stock way to ask: a REST framework view with the same authentication and the same decision."""

    permission_classes = [HasScope]
    scope = "gate"

    def post(self, request: Request) -> Response:
        organisation = request.auth.organisation  # type: ignore[union-attr]
        arguments: dict[str, Any] = read(dict(request.data), organisation)
        return Response(decision_json(gate.decide(organisation, now=timezone.now(), **arguments)))


def static_page(request: HttpRequest) -> HttpResponse:
    """The limit for a page: a template with nothing to look up."""
    return render(request, "home.html", {"pages": None})


urlpatterns = [
    path("bench/bare", bare),
    path("bench/one-row", one_row),
    path("bench/stock-gate", StockGate.as_view()),
    path("bench/static-page", static_page),
    *portal,
]
