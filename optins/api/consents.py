"""``POST /api/v1/consents``: one signal from the organisation's own systems, counted once."""

import hashlib
import uuid
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from optins import tasks
from optins.api import capture
from optins.api.keys import HasScope
from optins.api.people import PersonSerializer
from optins.api.problems import Problem
from optins.consent.digests import canonical
from optins.models import ApiIdempotency, ApiKey, CaptureChannel, NoticeTranslation, Purpose


@extend_schema_field({"oneOf": [{"type": "array", "items": {"type": "string"}}, {"const": "all"}]})
class PurposesField(serializers.Field):
    """A list of purpose keys, or ``"all"``."""

    def to_internal_value(self, data: Any) -> list[str] | str:
        if data == "all":
            return "all"
        if isinstance(data, list) and data and all(isinstance(key, str) for key in data):
            return list(dict.fromkeys(data))
        raise serializers.ValidationError('Give a list of purpose keys, or "all".')

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "string", "examples": ["2026-11-20T09:15:02Z", "2026-11-20"]})
class MomentField(serializers.Field):
    """A time with its offset, or a date."""

    def to_internal_value(self, data: Any) -> datetime | date:
        try:
            found = (parse_datetime(data) or parse_date(data)) if isinstance(data, str) else None
        except ValueError:
            found = None
        if found is None or (isinstance(found, datetime) and timezone.is_naive(found)):
            raise serializers.ValidationError("Give a time with its offset, 2026-11-20T09:15:02Z, or a date.")
        return found

    def to_representation(self, value: Any) -> Any:
        return value


class ConsentSerializer(PersonSerializer):
    """One signal. ``action``: request a code, or report what the person did elsewhere."""

    channel = serializers.SlugField()
    purposes = PurposesField()
    action = serializers.ChoiceField(["request", "give", "refuse", "withdraw"])
    language = serializers.CharField(required=False, max_length=12, default="")
    notice_version = serializers.IntegerField(required=False, min_value=1)
    occurred_at = MomentField(required=False)
    evidence = serializers.DictField(required=False, default=dict)

    def validate_channel(self, slug: str) -> CaptureChannel:
        rows = CaptureChannel.objects.filter(organisation=self.context["organisation"], is_active=True)
        channel = (
            rows.select_related("organisation", "sender", "notice__organisation").filter(slug=slug).first()
        )
        if channel is None:
            raise serializers.ValidationError("There is no such channel.")
        return channel

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        has_person = ("phone" in values) + ("bsuid" in values)
        if has_person > 1 or (not has_person and values["action"] != "request"):
            raise serializers.ValidationError({"phone": ["Give either phone or bsuid."]})
        values["purposes"] = self._purposes(values)
        values["translation"] = self._translation(values)
        return values

    def _purposes(self, values: dict[str, Any]) -> tuple[Purpose, ...]:
        """``all`` is kept for a withdrawal (everything, also what is yet to come) and else expanded."""
        wanted = values["purposes"]
        if wanted == "all":
            return () if values["action"] == "withdraw" else tuple(values["channel"].purposes.all())
        rows = {p.key: p for p in Purpose.objects.filter(organisation=self.context["organisation"])}
        unknown = [key for key in wanted if key not in rows]
        if unknown:
            raise serializers.ValidationError(
                {"purposes": [f"There is no purpose “{key}”." for key in unknown]}
            )
        return tuple(rows[key] for key in wanted)

    def _translation(self, values: dict[str, Any]) -> NoticeTranslation | None:
        """The wording that was shown, where the caller says which."""
        if "notice_version" not in values:
            return None
        rows = NoticeTranslation.objects.filter(
            version__notice=values["channel"].notice_id,
            version__number=values["notice_version"],
            version__published_at__isnull=False,
        )
        language = values["language"] or values["channel"].organisation.languages[0]
        found = rows.filter(language=language).first()
        if found is None:
            raise serializers.ValidationError(
                {"notice_version": ["It was never published in that language."]}
            )
        return found


class RecordSerializer(serializers.Serializer):
    purpose = serializers.CharField()
    status = serializers.CharField(help_text="none, given, refused, withdrawn, invalidated or erased")
    reason = serializers.CharField(help_text="what the gate would say")


class RequestSerializer(serializers.Serializer):
    code = serializers.CharField()
    wa_link = serializers.CharField()


class AnswerSerializer(serializers.Serializer):
    events = serializers.ListField(child=serializers.UUIDField())
    records = RecordSerializer(many=True)
    request = RequestSerializer(allow_null=True)


class Consents(APIView):
    """Record one signal, or ask for a code that the person sends from their own WhatsApp."""

    permission_classes = [HasScope]
    scope = ApiKey.Scope.CAPTURE

    @extend_schema(request=ConsentSerializer, responses={201: AnswerSerializer})
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
            answer = capture.carry_out(key, sent or str(uuid.uuid4()), values, _occurred_at(key, values))
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


def _occurred_at(key: ApiKey, values: dict[str, Any]) -> datetime:
    """A date alone: a grant at the day's start, a stop at its end or now, whichever comes first."""
    now = timezone.now()
    given = values.get("occurred_at")
    if given is None or isinstance(given, datetime):
        return given or now
    is_grant = values["action"] in {"give", "request"}
    moment = datetime.combine(given, time.min if is_grant else time.max, ZoneInfo(key.organisation.time_zone))
    return moment if is_grant else min(moment, now) if given <= now.date() else moment
