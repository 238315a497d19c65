"""``POST /api/v1/consents``, and what it answers."""

import json

from tests.clinic import THANDI
from tests.signals import REMINDERS
from tests.test_gate_api import is_problem

BASE = {
    "phone": f"+{THANDI}",
    "channel": "riverside-web",
    "purposes": [REMINDERS],
    "action": "give",
    "evidence": {"page": "/join"},
}


def post(clinic, change=None, *, key=None, **headers):
    body = {name: value for name, value in {**BASE, **(change or {})}.items() if value is not None}
    headers = {"Authorization": f"Bearer {key or clinic.demo.api_key}", **headers}
    return clinic.client.post(
        "/api/v1/consents", json.dumps(body), content_type="application/json", headers=headers
    )


def done(clinic, change=None, **more):
    answer = post(clinic, change, **more)
    assert answer.status_code == 201, answer.content
    return answer.json()


def refused(clinic, change, field, **more):
    problem = is_problem(post(clinic, change, **more), 400, "invalid")
    assert list(problem["errors"]) == [field]
    return " ".join(problem["errors"][field])


def states(answer):
    return [(record["purpose"], record["status"], record["reason"]) for record in answer["records"]]
