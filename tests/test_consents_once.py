"""``POST /api/v1/consents``: who may, what cannot be read, and that a signal counts once and is durable."""

import json
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from optins.models import ApiIdempotency, ApiKey, ConsentEvent, ConsentRecord, Contact, Organisation
from tests import threads
from tests.clinic import SIPHO, THANDI
from tests.consenting import BASE, done, post
from tests.signals import REMINDERS, TIPS
from tests.test_gate_api import is_problem

ONCE = {"Idempotency-Key": "order-17"}


def raw(clinic, body, **more):
    headers = {"Authorization": f"Bearer {clinic.demo.api_key}"}
    return clinic.client.post(
        "/api/v1/consents", body, **{"content_type": "application/json", "headers": headers, **more}
    )


# Once


def test_the_same_key_with_the_same_body_is_answered_alike_and_counts_once(clinic):
    first = done(clinic, **ONCE)
    clinic.write("STOP")
    again = post(clinic, **ONCE)
    assert (again.status_code, again.json()) == (201, first)
    reordered = json.dumps(dict(reversed(BASE.items())), indent=1)
    headers = {"Authorization": f"Bearer {clinic.demo.api_key}", **ONCE}
    assert raw(clinic, reordered, headers=headers).json() == first
    assert ConsentEvent.objects.filter(kind="given").count() == 1


def test_the_same_key_with_another_body_is_refused(clinic):
    done(clinic, **ONCE)
    is_problem(post(clinic, {"phone": f"+{SIPHO}"}, **ONCE), 422, "idempotency-key-reused")
    is_problem(post(clinic, {"channel": "no-such"}, **ONCE), 422, "idempotency-key-reused")
    assert clinic.contacts() == 1


def test_without_a_key_each_call_is_a_signal_of_its_own(clinic):
    done(clinic)
    done(clinic, **{"Idempotency-Key": "  "})
    assert ConsentEvent.objects.count() == 2


def test_a_key_means_nothing_under_another_api_key(clinic):
    done(clinic, **ONCE)
    _row, other = ApiKey.make(clinic.organisation, "other", ["capture"])
    done(clinic, {"phone": f"+{SIPHO}"}, key=other, **ONCE)
    assert clinic.contacts() == 2


def test_what_was_refused_is_not_remembered(clinic):
    assert post(clinic, {"phone": "+12"}, **ONCE).status_code == 400
    done(clinic, **ONCE)


def test_neither_key_nor_body_is_kept_in_a_readable_form(clinic):
    done(clinic, **{"Idempotency-Key": THANDI})
    kept = json.dumps(list(ApiIdempotency.objects.values()), default=str)
    assert THANDI not in kept
    assert THANDI not in json.dumps(list(ConsentEvent.objects.values()), default=str)


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_with_one_key_are_one_event_and_one_answer(live_clinic):
    call = partial(post, live_clinic, {"purposes": "all"}, **ONCE)
    answers = threads.together(*[call] * 16)
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert ConsentEvent.objects.count() == ConsentRecord.objects.count() == 2
    assert Contact.objects.count() == 1


# Who may


def test_without_a_living_key_the_answer_is_401(clinic):
    is_problem(clinic.client.post("/api/v1/consents"), 401, "unauthenticated")
    answer = post(clinic, key="wrong")
    is_problem(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"
    ApiKey.objects.update(revoked_at=timezone.now())
    is_problem(post(clinic), 401, "unauthenticated")
    ApiKey.objects.update(revoked_at=None)
    Organisation.objects.update(closed_at=timezone.now())
    is_problem(post(clinic), 401, "unauthenticated")


@pytest.mark.parametrize("scopes", [[], ["gate", "read"]])
def test_a_key_without_the_scope_is_403(clinic, scopes):
    _row, key = ApiKey.make(clinic.organisation, "other", scopes)
    is_problem(post(clinic, key=key), 403, "forbidden")


def test_it_needs_no_cookie_and_no_csrf_token(clinic):
    clinic.client = Client(enforce_csrf_checks=True)
    done(clinic)
    assert not clinic.client.cookies


# What cannot be read


def test_another_method_or_another_kind_of_body_is_refused(clinic):
    headers = {"Authorization": f"Bearer {clinic.demo.api_key}"}
    is_problem(clinic.client.get("/api/v1/consents", headers=headers), 405, "method-not-allowed")
    form = "application/x-www-form-urlencoded"
    is_problem(raw(clinic, "phone=1", content_type=form), 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff", b"[" * 100_000, b'{"evidence": {"a": NaN}}', b'{"evidence": {"a": 1e999}}',
     b'{"evidence": {"a": "\\u0000"}}', b'{"evidence": {"a": "\\ud800"}}', b'{"a":' * 40 + b"1" + b"}" * 40],
    ids=lambda body: body[:24].decode(errors="replace"),
)  # fmt: skip
def test_a_body_that_cannot_be_read_or_kept_is_malformed(clinic, body):
    is_problem(raw(clinic, body), 400, "malformed")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"text"', b"7", b"{}"])
def test_a_body_that_is_no_signal_is_invalid(clinic, body):
    is_problem(raw(clinic, body), 400, "invalid")


def test_a_body_that_is_too_large_is_413_and_not_even_read(clinic, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 500
    is_problem(post(clinic, {"evidence": {"scan": "x" * 600}}), 413, "too-large")


# Durable


@pytest.mark.django_db(transaction=True)
def test_when_the_database_is_locked_the_answer_is_503_and_a_repetition_counts_once(live_clinic):
    """SQLite has one writer at a time; on PostgreSQL a table is held."""
    call = partial(post, live_clinic, {"action": "withdraw", "purposes": [TIPS]}, **ONCE)
    with threads.held("optins_consentevent"):
        is_problem(threads.elsewhere(call, **threads.IMPATIENT), 503, "unavailable")
    assert Contact.objects.count() == ApiIdempotency.objects.count() == 0
    assert call().status_code == 201
    assert live_clinic.gate(TIPS)["reason"] == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_when_no_database_answers_the_answer_is_503(live_clinic):
    is_problem(threads.elsewhere(partial(post, live_clinic), **threads.NOWHERE), 503, "unavailable")
    assert live_clinic.gate(REMINDERS)["reason"] == "unknown_contact"
