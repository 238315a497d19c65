"""``POST /api/v1/consents``: one signal from the organisation's own systems, counted once."""

import hashlib
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from optins import tasks
from optins.api import capture
from optins.api.bodies import JsonParser
from optins.api.keys import HasScope
from optins.api.problems import Problem, described
from optins.api.shapes import AnswerSerializer, ConsentSerializer
from optins.consent.digests import canonical
from optins.models import ApiIdempotency, ApiKey

_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Any text of your own. The same key with the same body is the same signal, answered alike.",
)


class Consents(APIView):
    """Record one signal, or ask for a code that the person sends from their own WhatsApp."""

    permission_classes = [HasScope]
    parser_classes = [JsonParser]
    scope = ApiKey.Scope.CAPTURE

    @extend_schema(
        operation_id="consents",
        parameters=[_IDEMPOTENCY_KEY],
        request=ConsentSerializer,
        responses={201: AnswerSerializer, **described(400, 401, 403, 413, 415, 422, 503)},
    )
    def post(self, request: Request) -> Response:
        """Send ``Idempotency-Key``: the same key with the same body is the same signal, answered alike."""
        key: ApiKey = request.auth  # type: ignore[assignment]
        sent = request.headers.get("Idempotency-Key", "").strip()
        if sent and (known := _answered(key, sent, request.data)):
            return Response(known.body, status=known.status)
        serializer = ConsentSerializer(data=request.data, context={"organisation": key.organisation})
        serializer.is_valid(raise_exception=True)
        answer = _record(key, sent, request.data, serializer.validated_data)
        tasks.nudge()
        return Response(answer, status=status.HTTP_201_CREATED)


def _record(key: ApiKey, sent: str, body: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Record and remember the answer in one transaction; of two alike at once, one waits for the other."""
    try:
        with transaction.atomic():
            answer = capture.carry_out(key, sent or str(uuid.uuid4()), values)
            if sent:
                ApiIdempotency.objects.create(
                    api_key=key,
                    key=_digest(sent),
                    request_digest=_digest(canonical(body)),
                    status=201,
                    body=answer,
                )
            return answer
    except IntegrityError:
        known = _answered(key, sent, body) if sent else None
        if known is None:
            raise
        return known.body


def _answered(key: ApiKey, sent: str, body: Any) -> ApiIdempotency | None:
    known = ApiIdempotency.objects.filter(api_key=key, key=_digest(sent)).first()
    if known and known.request_digest != _digest(canonical(body)):
        raise Problem("idempotency-key-reused", 422, "This Idempotency-Key came with another body before.")
    return known


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
