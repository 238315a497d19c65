"""The gate in the API's description: its view is plain Django, so it is described here."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from optins.api.problems import described
from optins.consent.gate import Form, Reason


class QuestionSerializer(serializers.Serializer):
    phone = serializers.CharField(required=False, help_text="+27820000101; or bsuid")
    bsuid = serializers.CharField(required=False)
    purpose = serializers.CharField(help_text="the key of a purpose")
    form = serializers.ChoiceField([str(form) for form in Form], default=str(Form.TEMPLATE))
    sender = serializers.CharField(
        required=False, help_text="a slug; may be left out while there is only one"
    )


class DecisionSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(["allow", "deny"])
    mode = serializers.ChoiceField(["session", "template"], allow_null=True)
    reason = serializers.ChoiceField([str(reason) for reason in Reason])
    event = serializers.UUIDField(allow_null=True, help_text="the event that decides it")
    purpose = serializers.CharField()
    window_expires_at = serializers.DateTimeField(allow_null=True)
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(
        allow_null=True, help_text="it cannot change by time alone before"
    )


class Gate(APIView):
    """May I send this, to this person, now?"""

    @extend_schema(
        operation_id="gate",
        request=QuestionSerializer,
        responses={200: DecisionSerializer, **described(400, 401, 403, 413, 503)},
        examples=[
            OpenApiExample(
                "A template",
                {"phone": "+27820000101", "purpose": "appointment-reminders", "form": "template"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """One answer for one message, denied by default. A deny is HTTP 200."""
        raise AssertionError("described here, answered by optins.api.gate")


def with_the_gate(endpoints: list[tuple[str, str, str, Any]], **_: Any) -> list[tuple[str, str, str, Any]]:
    """Preprocessing hook of drf-spectacular."""
    return [*endpoints, ("/api/v1/gate", "^api/v1/gate$", "POST", Gate.as_view())]
