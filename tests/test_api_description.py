"""The API's description: valid, public, true to what is answered, and readable under the strict policy."""

import json

import pytest
import schemathesis
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from optins.models import Organisation
from tests import signals
from tests.browsing import opened

pytestmark = pytest.mark.once

ADDRESS = "/api/v1/openapi.json"
PATHS = ("/api/v1/gate", "/api/v1/consents")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def description(client, db):
    return json.loads(client.get(ADDRESS, headers={"Accept": "application/json"}).content)


def test_it_is_public_and_valid(description):
    validate_schema(description)
    assert description["openapi"].startswith("3.1")
    assert set(PATHS) <= set(description["paths"])


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/api/v1/gate", {"200", "400", "401", "403", "413", "503"}),
        ("/api/v1/consents", {"201", "400", "401", "403", "413", "415", "422", "503"}),
    ],
)
def test_each_operation_says_what_it_may_answer_and_that_it_needs_a_key(description, path, statuses):
    assert description["components"]["securitySchemes"] == {"apiKey": {"type": "http", "scheme": "bearer"}}
    operation = description["paths"][path]["post"]
    assert operation["security"] == [{"apiKey": []}]
    assert set(operation["responses"]) == statuses
    problems = [operation["responses"][status] for status in statuses if status >= "400"]
    assert all(set(answer["content"]) == {"application/problem+json"} for answer in problems)


def test_the_consents_say_that_a_key_makes_a_signal_count_once(description):
    parameters = description["paths"]["/api/v1/consents"]["post"]["parameters"]
    assert [(p["name"], p["in"]) for p in parameters] == [("Idempotency-Key", "header")]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_sent_the_answer_is_as_described_and_never_an_error_of_the_server(
    live_server, live_clinic, path, mode
):
    operation = schemathesis.openapi.from_url(f"{live_server.url}{ADDRESS}")[path]["POST"]
    # Every second body is about what exists, so that more than refusals is tried.
    real = {
        "phone": f"+{signals.DIGITS}",
        "channel": live_clinic.web.slug,
        "purposes": "all",
        "action": "give",
        "evidence": {"page": "/join"},
    }
    real |= {"purpose": signals.REMINDERS}
    key = {"Authorization": f"Bearer {live_clinic.demo.api_key}"}
    seen = set()

    @settings(
        max_examples=30,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode), st.booleans())
    def check(case, about_what_exists):
        if isinstance(case.body, dict) and about_what_exists:
            for name in {"bsuid", "sender", "notice_version", "occurred_at", "language"} & set(case.body):
                del case.body[name]
            case.body |= real
        response = case.call(headers=key)
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    check()
    assert 400 in seen
    assert mode == GenerationMode.NEGATIVE or seen & {200, 201}
    assert Organisation.objects.count() == 1


@pytest.mark.walk
def test_its_page_shows_both_operations_and_the_browser_has_nothing_to_complain_of(browser, live_server):
    complaints = []
    with opened(browser, live_server.url, complaints) as page:
        answer = page.goto("/api/v1/docs/")
        assert "unsafe" not in answer.headers["content-security-policy"]
        for path in PATHS:
            operation = page.locator(".opblock", has=page.locator(f'[data-path="{path}"]'))
            operation.locator(".opblock-summary-control").click()
            expect(operation.locator(".opblock-body")).to_contain_text("application/problem+json")
    assert complaints == []
