"""Errors as ``application/problem+json`` (RFC 9457), each with a stable ``type``."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
_NAMES = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    415: "unsupported-media-type",
    429: "too-many-requests",
}


class Problem(exceptions.APIException):
    """A problem of our own: its name, its HTTP status, what to do, and what is wrong by field."""

    def __init__(
        self,
        name: str,
        status: int,
        detail: str,
        *,
        errors: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.name, self.status_code, self.errors = name, status, errors
        self.headers = dict(headers or {}) | ({"WWW-Authenticate": "Bearer"} if status == 401 else {})

    def document(self) -> dict[str, Any]:
        problem: dict[str, Any] = {
            "type": f"urn:sayso:problem:{self.name}",
            "title": self.name.replace("-", " ").capitalize(),
            "status": self.status_code,
            "detail": str(self.detail),
        }
        return problem | ({"errors": self.errors} if self.errors else {})


def too_large() -> Problem:
    return Problem("too-large", 413, "The body is too large.")


class ProblemSerializer(serializers.Serializer):
    """The document, for the API's description."""

    type = serializers.CharField(help_text="urn:sayso:problem:…; it stays the same")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="what to do")
    errors = serializers.DictField(required=False, help_text="what is wrong, by field")  # type: ignore[assignment]


def described(*statuses: int) -> dict[tuple[int, str], type[ProblemSerializer]]:
    """The error answers of a view, for drf-spectacular's ``responses``."""
    return {(status, MEDIA_TYPE): ProblemSerializer for status in statuses}


def response(problem: Problem) -> JsonResponse:
    """The answer of a plain Django view."""
    return JsonResponse(
        problem.document(), status=problem.status_code, content_type=MEDIA_TYPE, headers=problem.headers
    )


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler."""
    if isinstance(error, RequestDataTooBig):
        error = too_large()
    if isinstance(error, OperationalError | InterfaceError):
        # Locked, out of reach, or of two that waited for each other the one that gave way.
        log.exception("no answer from the database")
        error = Problem("unavailable", 503, "Nothing was recorded. Please send it again.")
    answer = exception_handler(error, context)
    if answer is None:
        return None
    problem = error if isinstance(error, Problem) else _of(error, answer)
    answer.data = problem.document()
    answer.content_type = MEDIA_TYPE
    for name, value in problem.headers.items():
        answer[name] = value
    return answer


def _of(error: Exception, answer: Response) -> Problem:
    """Ours for one of REST framework's."""
    status = answer.status_code
    if isinstance(error, exceptions.ValidationError):
        return Problem("invalid", status, "Some fields are missing or wrong.", errors=answer.data)
    name = "malformed" if isinstance(error, exceptions.ParseError) else _NAMES.get(status, "error")
    return Problem(name, status, str(getattr(error, "detail", error)))
