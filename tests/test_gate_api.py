"""``POST /api/v1/gate`` and ``manage.py gate``: who may ask, what is refused, and that it fails closed."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from optins.models import ApiKey, Organisation
from tests import threads
from tests.clinic import BSUID, SIPHO, THANDI
from tests.signals import REMINDERS, TIPS, no, record_all, word, yes

QUESTION = {"phone": f"+{THANDI}", "purpose": REMINDERS}


def post(clinic, body=QUESTION, key=None, **more):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if key == "" else {"Authorization": f"Bearer {key or clinic.demo.api_key}"}
    return clinic.client.post("/api/v1/gate", body, content_type="application/json", headers=headers, **more)


def is_problem(answer, status, name):
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["type"] == f"urn:sayso:problem:{name}"
    assert problem["title"]
    assert problem["detail"]
    return problem


def test_the_answer_has_all_its_fields_and_a_deny_is_200(clinic):
    answer = post(clinic)
    assert answer.status_code == 200
    assert answer.json() == {
        "decision": "deny",
        "mode": None,
        "reason": "unknown_contact",
        "event": None,
        "purpose": REMINDERS,
        "window_expires_at": None,
        "valid_from": None,
        "valid_until": None,
    }


def test_an_allowed_message_names_its_event_and_times_in_utc(clinic):
    clinic.purposes[REMINDERS].expires_after_days = 365
    clinic.purposes[REMINDERS].save()
    clinic.write(clinic.choose(REMINDERS))
    template, free = post(clinic).json(), post(clinic, {**QUESTION, "form": "free_form"}).json()
    assert (template["decision"], template["mode"], template["reason"]) == ("allow", "template", "consent")
    assert template["event"] == str(clinic.organisation.events.get().pk)
    assert template["valid_until"].endswith("Z")
    assert (free["decision"], free["mode"], free["event"]) == ("allow", "session", None)
    assert free["valid_until"] == free["window_expires_at"]
    assert free["window_expires_at"].endswith("Z")


@pytest.mark.parametrize("phone", ["082 000 0101", "+27 82 000 0101", "0027820000101", "٠٨٢٠٠٠٠١٠١"])
def test_a_number_is_read_as_people_write_it_in_the_organisations_country(clinic, phone):
    clinic.write(clinic.choose(REMINDERS))
    assert post(clinic, {**QUESTION, "phone": phone}).json()["decision"] == "allow"


def test_somebody_is_also_known_by_bsuid(clinic):
    clinic.write(clinic.choose(REMINDERS), person="", bsuid=BSUID)
    assert post(clinic, {"bsuid": BSUID, "purpose": REMINDERS}).json()["decision"] == "allow"


# Who may ask


@pytest.mark.parametrize("scheme", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "sayso_abc"])
def test_without_a_valid_key_the_answer_is_401(clinic, scheme):
    headers = {"Authorization": scheme} if scheme else {}
    answer = clinic.client.post("/api/v1/gate", b"{}", content_type="application/json", headers=headers)
    is_problem(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_key_that_was_revoked_and_one_of_a_closed_organisation_are_no_keys(clinic):
    ApiKey.objects.update(revoked_at=timezone.now())
    is_problem(post(clinic), 401, "unauthenticated")
    ApiKey.objects.update(revoked_at=None)
    assert post(clinic).status_code == 200
    Organisation.objects.update(closed_at=timezone.now())
    is_problem(post(clinic), 401, "unauthenticated")


@pytest.mark.parametrize("scopes", [[], ["capture"], ["capture", "read"]])
def test_a_key_without_the_scope_is_403(clinic, scopes):
    _row, key = ApiKey.make(clinic.organisation, "other", scopes)
    is_problem(post(clinic, key=key), 403, "forbidden")


def test_another_organisations_key_knows_neither_person_nor_purpose(clinic, stranger):
    clinic.write(clinic.choose(REMINDERS))
    assert post(clinic, key=stranger.key).json()["reason"] == "unknown_purpose"
    theirs = {**QUESTION, "purpose": stranger.purpose.key}
    assert post(clinic, theirs, key=stranger.key).json()["reason"] == "unknown_contact"
    assert post(clinic, theirs).json()["reason"] == "unknown_purpose"
    assert post(clinic, {**QUESTION, "sender": stranger.sender.slug}).json()["reason"] == "unknown_sender"


# What is refused


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"no", b"[]", b'"text"', b"1", b"null", b"\xff\xfe",
     b'{"purpose": NaN}', b'{"purpose": 1e999}',
     b'{"purpose": "\\u0000"}', b'{"purpose": "\\ud800"}', b'{"\\ud800": 1}', b"[" * 100_000,
     b'{"a":' * 40 + b"1" + b"}" * 40],
    ids=lambda body: body[:16].decode(errors="replace"),
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_malformed(clinic, body):
    is_problem(post(clinic, body), 400, "malformed")


def test_a_body_that_is_too_large_is_413(clinic, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    is_problem(post(clinic, {**QUESTION, "more": "x" * 200}), 413, "too-large")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": None}, "phone"),
        ({"phone": "+12"}, "phone"),
        ({"phone": "Thandi"}, "phone"),
        ({"phone": 27820000101}, "phone"),
        ({"bsuid": BSUID}, "phone"),
        ({"phone": None, "bsuid": "nobody"}, "bsuid"),
        ({"purpose": None}, "purpose"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": [REMINDERS]}, "purpose"),
        ({"form": "letter"}, "form"),
        ({"form": 0}, "form"),
        ({"sender": {}}, "sender"),
        ({"sender": False}, "sender"),
    ],
    ids=str,
)
def test_a_field_that_is_wrong_is_named(clinic, change, field):
    problem = is_problem(post(clinic, {**QUESTION, **change}), 400, "invalid")
    assert list(problem["errors"]) == [field]


@pytest.mark.parametrize("purpose", ["no-such", "%", "Appointment-Reminders", "a b", "x" * 500, "\x7f", "é"])
def test_a_purpose_that_cannot_be_is_unknown(clinic, purpose):
    assert post(clinic, {**QUESTION, "purpose": purpose}).json()["reason"] == "unknown_purpose"


def test_a_field_that_is_not_known_changes_nothing(clinic):
    assert post(clinic, {**QUESTION, "organisation": "other", "proved": True}).json() == post(clinic).json()


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_it_is_asked_by_post_alone_so_that_no_number_stands_in_an_address(clinic, method):
    answer = getattr(clinic.client, method)("/api/v1/gate?phone=%2B27820000101")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    if method != "head":
        assert THANDI not in is_problem(answer, 405, "method-not-allowed")["detail"]


# What it costs, and when it cannot answer


@pytest.mark.once
@pytest.mark.parametrize("form", ["template", "free_form"])
def test_its_queries_do_not_grow_with_the_ledger(clinic, form):
    clinic.write(clinic.choose(REMINDERS))
    clinic.write("STOP")

    def queries():
        with CaptureQueriesContext(connection) as asked:
            post(clinic, {**QUESTION, "form": form})
        return len(asked)

    few = queries()
    for n in range(20):
        record_all(clinic, word(f"w{n}", n), no(f"n{n}", n), yes(f"y{n}", n), word(f"o{n}", n, digits=SIPHO))
    assert queries() == few <= 8


@pytest.mark.django_db(transaction=True)
def test_when_no_database_answers_it_denies_with_503(live_clinic):
    live_clinic.write(live_clinic.choose(REMINDERS))
    assert post(live_clinic).json()["decision"] == "allow"
    answer = threads.elsewhere(lambda: post(live_clinic), **threads.NOWHERE)
    assert "decision" not in is_problem(answer, 503, "unavailable")


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_never_makes_it_allow(live_clinic):
    """SQLite's readers see the last commit while another writes; PostgreSQL's locked table is no answer."""
    live_clinic.write(live_clinic.choose(TIPS))
    live_clinic.write("STOP")
    with threads.held("optins_consentrecord"):
        answer = threads.elsewhere(
            lambda: post(live_clinic, {**QUESTION, "purpose": TIPS}), **threads.IMPATIENT
        )
    if connection.vendor == threads.SQLITE:
        assert (answer.status_code, answer.json()["reason"]) == (200, "withdrawn")
    else:
        is_problem(answer, 503, "unavailable")


def test_it_needs_no_cookie_and_no_csrf_token(clinic):
    clinic.client = Client(enforce_csrf_checks=True)
    assert post(clinic).status_code == 200
    assert not clinic.client.cookies


# From the command line


def command(*words):
    out = io.StringIO()
    call_command("gate", *words, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_same_answer_and_nothing_else(clinic):
    clinic.write(clinic.choose(REMINDERS))
    printed = command("--phone", f"+{THANDI}", "--purpose", REMINDERS)
    assert json.loads(printed) == post(clinic).json()
    assert printed.count("\n") == 1
    assert json.loads(command("--bsuid", BSUID, "--purpose", TIPS))["reason"] == "unknown_contact"
    free = command(
        "--phone", f"+{THANDI}", "--purpose", REMINDERS, "--form", "free_form", "--sender", "riverside"
    )
    assert json.loads(free)["mode"] == "session"


def test_the_command_says_what_is_missing(clinic, stranger):
    with pytest.raises(CommandError, match="--organisation"):
        command("--phone", f"+{THANDI}", "--purpose", REMINDERS)
    named = ("--organisation", "riverside-clinic", "--purpose", REMINDERS)
    assert json.loads(command("--phone", f"+{THANDI}", *named))["reason"] == "unknown_contact"
    with pytest.raises(CommandError, match="phone number"):
        command("--phone", "Thandi", *named)
    with pytest.raises(CommandError, match="no such organisation"):
        command("--phone", f"+{THANDI}", "--purpose", REMINDERS, "--organisation", "nobody")
