"""``POST /api/v1/gate``: a plain, lean view, because it is asked before each message."""

from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseFailure
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from optins.api import bodies, problems
from optins.api.answers import decision_json
from optins.api.keys import key_of
from optins.api.people import read_number
from optins.api.problems import Problem
from optins.consent import gate, numbers
from optins.models import ApiKey, Organisation

log = structlog.get_logger(__name__)
_FIELDS = ("phone", "bsuid", "purpose", "form", "sender")


@csrf_exempt
def ask(request: HttpRequest) -> JsonResponse:
    """The gate's answer for one message. A deny is HTTP 200. Without a database 503: it fails closed."""
    try:
        return JsonResponse(_answer(request))
    except Problem as problem:
        answer = problems.response(problem)
    except DatabaseFailure:
        log.exception("gate without database")
        answer = problems.response(Problem("unavailable", 503, "The answer is not known now: do not send."))
    return answer


def _answer(request: HttpRequest) -> dict[str, Any]:
    if request.method != "POST":
        raise Problem(
            "method-not-allowed",
            405,
            "Ask with POST: a number never stands in a URL.",
            headers={"Allow": "POST"},
        )
    key = key_of(request)
    if key is None:
        raise Problem("unauthenticated", 401, "Send an API key: Authorization: Bearer <key>.")
    if ApiKey.Scope.GATE not in key.scopes:
        raise Problem("forbidden", 403, "This key lacks the scope “gate”.")
    try:
        question = bodies.read(request.body)
    except RequestDataTooBig as error:
        raise problems.too_large() from error
    if not isinstance(question, dict):
        raise Problem("malformed", 400, "The body is not a JSON object.")
    arguments = read(question, key.organisation)
    return decision_json(gate.decide(key.organisation, now=timezone.now(), **arguments))


def read(question: dict[str, Any], organisation: Organisation) -> dict[str, str]:
    """The arguments of ``gate.decide``. Raises Problem with what is wrong, by field.

    A field that is not known is ignored: it cannot turn a deny into an allow.
    """
    given = {name: value for name in _FIELDS if (value := question.get(name)) is not None}
    errors = {name: ["This is not a text."] for name, value in given.items() if not isinstance(value, str)}
    values = {name: value for name in _FIELDS if isinstance(value := given.get(name, ""), str)}
    number = ""
    if not errors:
        errors = _missing(values)
    if values.get("phone") and "phone" not in errors:
        try:
            number = read_number(values["phone"], organisation)
        except numbers.NumberError as error:
            errors["phone"] = [f"{error} Write it with + and the country's code."]
    if errors:
        raise Problem("invalid", 400, "Some fields are missing or wrong.", errors=errors)
    form = values["form"] or str(gate.Form.TEMPLATE)
    wanted = {"number": number, "bsuid": values["bsuid"], "purpose": values["purpose"]}
    return wanted | {"form": form, "sender": values["sender"]}


def _missing(values: dict[str, str]) -> dict[str, list[str]]:
    errors = {}
    if bool(values["phone"]) == bool(values["bsuid"]):
        errors["phone"] = ["Give either phone or bsuid."]
    if values["bsuid"] and not numbers.BSUID.fullmatch(values["bsuid"]):
        errors["bsuid"] = ["A BSUID looks like ZA.13491208655300000001."]
    if not values["purpose"]:
        errors["purpose"] = ["Say what the message is about: the key of a purpose."]
    if values["form"] not in {"", *gate.Form}:
        errors["form"] = ["This is template or free_form."]
    return errors
