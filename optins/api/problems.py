"""Errors as ``application/problem+json`` (RFC 9457), each with a stable ``type``."""

from typing import Any

from django.http import JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

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
    """A problem of our own: its name, its HTTP status and what to do."""

    def __init__(self, name: str, status: int, detail: str) -> None:
        super().__init__(detail)
        self.name, self.status_code = name, status


def body(name: str, status: int, detail: str, errors: Any = None) -> dict[str, Any]:
    """The document. ``errors`` lists what is wrong, by field."""
    problem: dict[str, Any] = {
        "type": f"urn:sayso:problem:{name}",
        "title": name.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
    }
    return problem | ({"errors": errors} if errors else {})


def response(name: str, status: int, detail: str, errors: Any = None) -> JsonResponse:
    """The same for a plain Django view."""
    answer = JsonResponse(body(name, status, detail, errors), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler."""
    answer = exception_handler(error, context)
    if answer is None:
        return None
    status = answer.status_code
    if isinstance(error, exceptions.ValidationError):
        answer.data = body("invalid", status, "Some fields are missing or wrong.", answer.data)
    else:
        name = error.name if isinstance(error, Problem) else _NAMES.get(status, "error")
        answer.data = body(name, status, str(getattr(error, "detail", error)))
    answer.content_type = MEDIA_TYPE
    return answer
