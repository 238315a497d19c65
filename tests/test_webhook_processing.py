"""Webhooks are stored first and processed second: each message by itself, once, however it arrives."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from channels_capture.tasks import process_waiting
from optins.models import (
    ContactIdentifier,
    Evidence,
    InboundDelivery,
    InboundMessage,
    NoticeVersion,
    SenderContact,
)
from tests.clinic import BSUID, SIPHO, THANDI, contact_of, message_of
from tests.databases import held_up_writes, seen_by_others

TIPS, VISITS = "health-tips", "appointment-reminders"


def batch(*messages):
    """One webhook with messages of several people: (person, text)."""
    people = dict.fromkeys(person for person, _text in messages)
    raw = [message_of(text, person=person, at=timezone.now()) for person, text in messages]
    return {"contacts": [contact_of(person, "") for person in people], "messages": raw}


def test_each_message_of_a_batch_is_its_own_senders(clinic):
    clinic.deliver(batch((THANDI, clinic.choose(TIPS)), (SIPHO, "STOP"), (THANDI, clinic.choose(VISITS))))
    assert [clinic.gate(key)["decision"] for key in (TIPS, VISITS)] == ["allow", "allow"]
    assert clinic.gate(phone=f"+{SIPHO}")["reason"] == "withdrawn"
    for evidence in Evidence.objects.select_related("event__contact"):
        own = {row.value for row in evidence.event.contact.identifiers.all()}
        other = SIPHO if f"+{THANDI}" in own else THANDI
        assert other not in str(evidence.payload)


def test_a_message_that_cannot_be_processed_holds_up_no_other_and_is_done_later(clinic, time_machine):
    NoticeVersion.objects.update(status="retired")  # JOIN has nothing to ask with
    answer = clinic.deliver(batch((SIPHO, "JOIN"), (THANDI, "STOP")))
    assert answer.status_code == 200
    assert clinic.gate()["reason"] == "withdrawn"
    delivery = InboundDelivery.objects.get()
    assert (delivery.state, delivery.last_error) == ("waiting", "NoWording")
    clinic.publish_again()
    assert process_waiting() == 0  # not yet its turn
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    assert process_waiting() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error) == ("done", "")
    assert [len(clinic.replies(person)) for person in (SIPHO, THANDI)] == [1, 1]
    assert clinic.events() == [("withdrawn", None, True)]


def test_what_fails_again_and_again_is_given_up_and_shown(clinic, time_machine):
    NoticeVersion.objects.update(status="retired")
    clinic.write("JOIN")
    for _attempt in range(19):
        time_machine.move_to(timezone.now() + timedelta(hours=1, minutes=1))
        assert process_waiting() == 1
    assert process_waiting() == 0
    delivery = InboundDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("failed", 20, "NoWording")


def test_a_delivery_that_no_request_processed_is_taken_up_by_the_worker(clinic, time_machine):
    clinic.deliver(batch((THANDI, "Hello")))
    body = batch((THANDI, "STOP"))
    stored = InboundDelivery.objects.get()
    stored.pk, stored.state, stored.body = None, "waiting", clinic.body_of(body)
    stored.save(force_insert=True)
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    assert process_waiting() == 1
    assert clinic.gate()["reason"] == "withdrawn"


def test_the_same_delivery_twice_and_a_batch_with_a_copy_are_one(clinic):
    envelope = batch((THANDI, "JOIN"))
    envelope["messages"] *= 2
    for _time in range(3):
        assert clinic.deliver(envelope).status_code == 200
    assert InboundMessage.objects.count() == 1
    assert len(clinic.replies()) == 1


KINDS = ["sticker", "audio", "location", "contacts", "order", "reaction", "system", "unsupported", "edit",
         "revoke", "ephemeral", "no_such_type"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_of_another_type_is_no_act(clinic, kind):
    clinic.write("JOIN")
    content = {"emoji": "👍", "message_id": "x", "body": "yes", "message": {"text": {"body": "yes"}}}
    assert clinic.write_raw(type=kind, **{kind: content}).status_code == 200
    assert clinic.events() == []
    assert len(clinic.replies()) == 1
    assert not InboundDelivery.objects.exclude(state="done").exists()


@pytest.mark.parametrize("text", ["half an emoji \ud83d", "nothing \0 at all", "\ud83d" * 50, "\x7f\x1b[0m"])
def test_what_no_database_keeps_stops_no_stop(clinic, text):
    clinic.write(text, id=f"wamid.{text}")
    message = message_of("STOP", person=THANDI, at=timezone.now()) | {"note": text, text: 1}
    clinic.deliver({"contacts": [contact_of(THANDI, "")], "messages": [message]})
    assert clinic.gate()["reason"] == "withdrawn"


# Statuses


def status(code, **more):
    raw = {"id": "wamid.out", "status": "failed", "timestamp": str(int(timezone.now().timestamp()))}
    return {"statuses": [raw | {"errors": [{"code": code, "title": "…"}]} | more]}


@pytest.fixture
def opted_in(clinic):
    clinic.write(clinic.choose(TIPS, VISITS), bsuid=BSUID)
    return clinic


def reasons(clinic):
    return [clinic.gate(key)["reason"] for key in (VISITS, TIPS)]


TO: list[dict[str, Any]] = [
    {"recipient_id": THANDI},
    {"message": {"recipient_id": THANDI}},
    {"recipient_user_id": BSUID},
    {"recipient_id": BSUID},
]


@pytest.mark.parametrize("to", TO, ids=str)
def test_a_marketing_stop_at_the_platform_stops_marketing_alone(opted_in, to):
    opted_in.deliver(status(131050, **to))
    assert reasons(opted_in) == ["consent", "marketing_stopped"]


def test_a_marketing_stop_counts_beside_other_errors_and_for_a_younger_sender(opted_in):
    SenderContact.objects.all().delete()
    both = {"errors": [{"code": 131026}, {"code": "131050"}, {}]}
    opted_in.deliver(status(0, **both, **TO[0]))
    assert reasons(opted_in) == ["consent", "marketing_stopped"]


@pytest.mark.parametrize("code", [131047, 131049, 131026, 470, "131047", None, "x", [], 10**30, "²"])
def test_no_other_error_says_anything_about_consent(opted_in, code):
    assert opted_in.deliver(status(code, **TO[0])).status_code == 200
    assert reasons(opted_in) == ["consent", "consent"]
    assert not InboundDelivery.objects.exclude(state="done").exists()
    failed = ContactIdentifier.objects.exclude(last_failed_at=None)
    assert failed.exists() == (code == 131026)


def test_a_status_of_nobody_we_know_makes_nobody_known(clinic):
    clinic.deliver(status(131050, **TO[0]))
    assert clinic.contacts() == 0


# Durability


def test_an_acknowledged_webhook_is_committed_with_what_it_led_to(live_clinic):
    assert live_clinic.write("STOP").status_code == 200
    assert not connection.in_atomic_block
    assert seen_by_others("optins_inbounddelivery") == 1
    assert seen_by_others("optins_consentevent") == 1


def test_a_database_that_takes_nothing_is_told_to_the_vendor_and_nothing_is_lost(live_clinic):
    with held_up_writes("optins_inbounddelivery"):
        assert live_clinic.write("STOP", id="first").status_code == 503
    assert InboundDelivery.objects.count() == 0
    assert live_clinic.write("STOP", id="first").status_code == 200
    assert live_clinic.gate()["reason"] == "withdrawn"


def test_a_delivery_that_is_stored_but_cannot_be_processed_is_acknowledged(live_clinic, time_machine):
    with held_up_writes("optins_consentevent", also_on_sqlite=False) as is_held:
        assert live_clinic.write("STOP").status_code == 200
    if is_held:
        assert InboundDelivery.objects.get().state == "waiting"
        time_machine.move_to(timezone.now() + timedelta(minutes=1))
        process_waiting()
    assert live_clinic.gate()["reason"] == "withdrawn"
