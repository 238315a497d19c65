"""``POST /api/v1/gate``: a plain, lean view, because it is asked before each message."""

import json
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from optins.api import problems
from optins.api.answers import decision_json
from optins.api.keys import key_of
from optins.api.people import read_number
from optins.consent import gate, numbers
from optins.models import ApiKey, Organisation

log = structlog.get_logger(__name__)


@csrf_exempt
def ask(request: HttpRequest) -> JsonResponse:
    """The gate's answer for one message. A deny is HTTP 200. Without a database 503: it fails closed."""
    if request.method != "POST":
        answer = problems.response(
            "method-not-allowed", 405, "Ask with POST: a number never stands in a URL."
        )
        answer["Allow"] = "POST"
        return answer
    try:
        key = key_of(request)
        if key is None:
            return problems.response("unauthenticated", 401, "Send an API key: Authorization: Bearer <key>.")
        return _answer(request, key)
    except DatabaseError:
        log.exception("gate without database")
        return problems.response("unavailable", 503, "The answer is not known now: do not send.")


def _answer(request: HttpRequest, key: ApiKey) -> JsonResponse:
    if ApiKey.Scope.GATE not in key.scopes:
        return problems.response("forbidden", 403, "This key lacks the scope “gate”.")
    try:
        question = json.loads(request.body)
    except (ValueError, RecursionError):
        return problems.response("malformed", 400, "The body is not JSON.")
    if not isinstance(question, dict):
        return problems.response("malformed", 400, "The body is not a JSON object.")
    arguments, errors = read(question, key.organisation)
    if errors:
        return problems.response("invalid", 400, "Some fields are missing or wrong.", errors)
    return JsonResponse(decision_json(gate.decide(key.organisation, now=timezone.now(), **arguments)))


def read(question: dict[str, Any], organisation: Organisation) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The arguments of ``gate.decide``, or what is wrong with each field."""
    errors: dict[str, list[str]] = {}
    values = {name: question.get(name) or "" for name in ("phone", "bsuid", "purpose", "form", "sender")}
    for name, value in values.items():
        if not isinstance(value, str):
            errors[name] = ["This is not a text."]
    if errors:
        return {}, errors
    if bool(values["phone"]) == bool(values["bsuid"]):
        errors["phone"] = ["Give either phone or bsuid."]
    if not values["purpose"]:
        errors["purpose"] = ["Say what the message is about: the key of a purpose."]
    form = values["form"] or str(gate.Form.TEMPLATE)
    if form not in set(gate.Form):
        errors["form"] = ["This is template or free_form."]
    number = ""
    if values["phone"]:
        try:
            number = read_number(values["phone"], organisation)
        except numbers.NumberError as error:
            errors["phone"] = [f"{error} Write it with + and the country's code."]
    wanted = {"number": number, "bsuid": values["bsuid"], "purpose": values["purpose"]}
    return wanted | {"form": form, "sender": values["sender"]}, errors
