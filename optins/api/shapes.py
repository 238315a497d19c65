"""The body and the answer of ``POST /api/v1/consents``."""

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from optins.api.people import PersonSerializer
from optins.consent.language_tags import TAG, WRONG
from optins.models import CaptureChannel, NoticeTranslation, Organisation, Purpose

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_GRANTS = {"give", "request"}


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
            found = _read_moment(data) if isinstance(data, str) else None
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise serializers.ValidationError("Give a time with its offset, 2026-11-20T09:15:02Z, or a date.")
        return found

    def to_representation(self, value: Any) -> Any:
        return value


def _read_moment(text: str) -> datetime | date | None:
    # The date first: parse_datetime would read it as a midnight of nowhere.
    if _DATE.fullmatch(text):
        return parse_date(text)
    found = parse_datetime(text)
    return None if found is None or timezone.is_naive(found) else found.astimezone(UTC)


class ConsentSerializer(PersonSerializer):
    """One signal. ``action``: request a code, or report what the person did elsewhere."""

    channel = serializers.SlugField()
    purposes = PurposesField()
    action = serializers.ChoiceField(["request", "give", "refuse", "withdraw"])
    language = serializers.RegexField(
        rf"^{TAG.pattern}\Z", required=False, default="", error_messages={"invalid": WRONG}
    )
    notice_version = serializers.IntegerField(required=False, min_value=1)
    occurred_at = MomentField(required=False)
    evidence = serializers.DictField(required=False, default=dict)

    @property
    def _organisation(self) -> Organisation:
        return self.context["organisation"]

    def validate_channel(self, slug: str) -> CaptureChannel:
        rows = CaptureChannel.objects.filter(organisation=self._organisation, is_active=True)
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
        if values["channel"].sender is None and ("bsuid" in values or values["action"] == "request"):
            raise serializers.ValidationError({"channel": ["This channel has no WhatsApp number."]})
        values["purposes"] = self._purposes(values)
        values["translation"] = self._translation(values)
        values["has_own_time"] = "occurred_at" in values
        values["occurred_at"] = self._occurred_at(values)
        return values

    def _purposes(self, values: dict[str, Any]) -> tuple[Purpose, ...]:
        """``all`` is kept for a withdrawal (everything, also what is yet to come) and else expanded."""
        wanted = values["purposes"]
        if wanted == "all" and values["action"] == "withdraw":
            return ()
        if wanted == "all":
            purposes = tuple(values["channel"].purposes.all())
            if not purposes:
                raise serializers.ValidationError({"purposes": ["This channel has no purposes."]})
            return purposes
        rows = {p.key: p for p in Purpose.objects.filter(organisation=self._organisation)}
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
        language = values["language"] or next(iter(self._organisation.languages), "")
        found = rows.filter(language=language).first()
        if found is None:
            raise serializers.ValidationError(
                {"notice_version": ["It was never published in that language."]}
            )
        return found

    def _occurred_at(self, values: dict[str, Any]) -> datetime:
        """A date alone: a grant at the day's start, a stop at its end or now, whichever comes first."""
        now = timezone.now()
        given = values.get("occurred_at", now)
        try:
            moment = given if isinstance(given, datetime) else self._of_date(given, values["action"], now)
        except OverflowError:
            moment = None
        if moment is None or moment < _EARLIEST:
            raise serializers.ValidationError({"occurred_at": ["Nobody can have agreed so early."]})
        return moment

    def _of_date(self, day: date, action: str, now: datetime) -> datetime:
        zone = ZoneInfo(self._organisation.time_zone)
        if action in _GRANTS:
            return datetime.combine(day, time.min, zone).astimezone(UTC)
        end = datetime.combine(day, time.max, zone).astimezone(UTC)
        return min(end, now) if day <= now.astimezone(zone).date() else end


class RecordSerializer(serializers.Serializer):
    purpose = serializers.CharField()
    status = serializers.CharField(help_text="none, given, refused, withdrawn, invalidated or erased")
    reason = serializers.CharField(help_text="what the gate would say of a template")


class RequestSerializer(serializers.Serializer):
    code = serializers.CharField()
    wa_link = serializers.CharField()


class AnswerSerializer(serializers.Serializer):
    events = serializers.ListField(child=serializers.UUIDField())
    records = RecordSerializer(many=True)
    request = RequestSerializer(allow_null=True)
