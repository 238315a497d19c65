"""Webhooks that were stored and could not be processed at once: the worker does it."""

import base64
import json
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.utils import timezone

from channels_capture import conversation
from channels_capture.tasks import process_waiting
from optins.models import InboundDelivery
from tests.clinic import SIPHO, THANDI, contact_of, message_of


def envelope(*people, text="STOP"):
    messages = [message_of(text, person=person, at=timezone.now()) for person in people]
    return {"contacts": [contact_of(person, "") for person in people], "messages": messages}


@pytest.fixture
def trouble(monkeypatch):
    """Processing fails while this says so, for these people."""
    failing: set[str] = set()
    real = conversation.handle

    def handle(arrival, **more):
        identifiers = arrival.message.identifiers
        if any(identifier.value in failing for identifier in identifiers):
            raise DatabaseError(f"database is locked, and {identifiers[0].value} waits")
        return real(arrival, **more)

    monkeypatch.setattr(conversation, "handle", handle)
    return failing


def later(**passed):
    return time_machine.travel(timezone.now() + timedelta(**passed), tick=True)


def test_a_delivery_that_failed_is_processed_by_the_worker(clinic, trouble):
    trouble.add(THANDI)
    assert clinic.deliver(envelope(THANDI)).status_code == 200
    assert clinic.events() == []
    trouble.clear()
    assert process_waiting() == 0
    with later(minutes=1):
        assert process_waiting() == 1
        assert process_waiting() == 0
    assert clinic.events() == [("withdrawn", None, True)]
    delivery = InboundDelivery.objects.get()
    assert (delivery.state, delivery.last_error, delivery.leased_until) == ("done", "", None)


def test_one_message_that_fails_holds_up_no_other_and_none_is_processed_twice(clinic, trouble):
    trouble.add(THANDI)
    clinic.deliver(envelope(THANDI, SIPHO))
    assert clinic.gate(phone=f"+{SIPHO}")["reason"] == "withdrawn"
    trouble.clear()
    with later(minutes=1):
        process_waiting()
    assert len(clinic.events()) == 2


def test_a_delivery_that_never_works_is_given_up_and_shown_to_staff(clinic, trouble):
    trouble.add(THANDI)
    clinic.deliver(envelope(THANDI))
    for _ in range(19):
        with later(hours=2):
            assert process_waiting() == 1
        InboundDelivery.objects.update(next_attempt_at=timezone.now())
    delivery = InboundDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("failed", 20, "DatabaseError")
    with later(hours=2):
        assert process_waiting() == 0


def test_a_delivery_whose_request_died_is_processed_by_the_worker(clinic):
    """The first commit was made, the process ended before the second."""
    body = json.dumps(envelope(THANDI)).encode()
    InboundDelivery.objects.create(
        channel=clinic.thread,
        body=body,
        headers={"X-Turn-Hook-Subscription": "whatsapp"},
        received_at=timezone.now(),
        next_attempt_at=timezone.now() + timedelta(seconds=30),
    )
    assert process_waiting() == 0
    with later(seconds=31):
        assert process_waiting() == 1
    assert clinic.gate()["reason"] == "withdrawn"


def test_a_delivery_that_another_worker_holds_is_left_alone(clinic, trouble):
    trouble.add(THANDI)
    clinic.deliver(envelope(THANDI))
    now = timezone.now()
    InboundDelivery.objects.update(next_attempt_at=now, leased_until=now + timedelta(minutes=2))
    assert process_waiting() == 0
    with later(minutes=3):
        assert process_waiting() == 1


def test_what_goes_wrong_names_no_number_in_any_log(clinic, trouble, caplog, capsys):
    trouble.add(THANDI)
    clinic.deliver(envelope(THANDI))
    assert "message not processed" in caplog.text
    printed = capsys.readouterr()
    for text in (caplog.text, printed.out, printed.err):
        assert THANDI not in text
        assert base64.b64encode(THANDI.encode()).decode() not in text
