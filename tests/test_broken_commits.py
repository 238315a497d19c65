"""A commit that breaks acknowledges nothing: the sender gets an error, and comes again."""

import json
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from channels_capture import tasks
from optins.models import ApiIdempotency, ConsentEvent, Contact, InboundDelivery
from tests import threads
from tests.clinic import THANDI, contact_of, message_of

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def commits_broken_on(table):
    """Every commit with a new row in this table breaks: PostgreSQL ends the connection in the middle of it;
    SQLite, which has none to end, finds a foreign key that leads nowhere.
    """
    for statement in _BREAK[connection.vendor]:
        _run(statement.format(table=table))
    try:
        yield
    finally:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        _run(f"DROP TRIGGER breaks_commits{on}")


_BREAK = {
    "sqlite": [
        "CREATE TRIGGER breaks_commits AFTER INSERT ON {table} BEGIN "
        "INSERT INTO optins_membership (role, user_id, organisation_id) VALUES ('viewer', -1, -1); END"
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION breaks_commits() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER breaks_commits AFTER INSERT ON {table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION breaks_commits()",
    ],
}


def _run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def stop(live_clinic):
    """The same signed webhook each time: somebody who has agreed says STOP."""
    live_clinic.write(live_clinic.choose(*live_clinic.purposes))
    message = message_of("STOP", person=THANDI, at=timezone.now())
    envelope = {"contacts": [contact_of(THANDI, "")], "messages": [message]}
    return lambda: live_clinic.deliver(envelope, client=Client(raise_request_exception=False)).status_code


def test_a_webhook_that_could_not_be_stored_is_refused_and_counts_when_it_comes_again(live_clinic, stop):
    before = InboundDelivery.objects.count()
    with commits_broken_on("optins_inbounddelivery"):
        assert threads.elsewhere(stop) == 503
    assert InboundDelivery.objects.count() == before
    assert live_clinic.gate()["decision"] == "allow"
    assert stop() == 200
    assert live_clinic.gate()["reason"] == "withdrawn"


def test_a_webhook_that_was_stored_and_not_processed_is_processed_later(live_clinic, stop):
    with commits_broken_on("optins_consentevent"):
        assert threads.elsewhere(stop) == 200
    assert live_clinic.gate()["decision"] == "allow"
    waiting = InboundDelivery.objects.filter(state="waiting")
    assert waiting.count() == 1
    waiting.update(next_attempt_at=timezone.now(), leased_until=None)
    tasks.process_waiting()
    assert live_clinic.gate()["reason"] == "withdrawn"
    assert not waiting.exists()


@pytest.mark.parametrize("table", ["optins_consentevent", "optins_apiidempotency"])
def test_a_call_whose_commit_breaks_is_an_error_and_the_repetition_counts_once(live_clinic, table):
    body = {"phone": f"+{THANDI}", "channel": "riverside-web", "purposes": "all", "action": "withdraw"}
    headers = {"Authorization": f"Bearer {live_clinic.demo.api_key}", "Idempotency-Key": "1"}
    post = partial(Client(raise_request_exception=False).post, "/api/v1/consents", json.dumps(body))
    call = partial(post, content_type="application/json", headers=headers)
    with commits_broken_on(table):
        assert threads.elsewhere(call).status_code >= 500
    assert Contact.objects.count() == ConsentEvent.objects.count() == ApiIdempotency.objects.count() == 0
    assert call().status_code == call().status_code == 201
    assert ConsentEvent.objects.count() == 1
