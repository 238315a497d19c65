"""What waits for staff: each decision is an act or is logged, and none of them merges or grants."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from channels_capture import tasks
from optins.models import (
    AuditEntry,
    ConsentEvent,
    ContactIdentifier,
    Evidence,
    InboundDelivery,
    ReviewItem,
    SenderContact,
)
from tests.clinic import BSUID, SIPHO
from tests.people.conftest import text_of

pytestmark = pytest.mark.once

REVIEW = reverse("admin:optins_reviewitem_changelist")


def address(name, *arguments):
    return reverse(f"admin:optins_reviewitem_{name}", args=arguments)


def decide(client, item, decision):
    return client.post(address("decide", item.pk), {"decision": decision})


@pytest.fixture
def reviewer(staff):
    return staff("reviewer")


@pytest.fixture
def failed(clinic):
    """A delivery that the worker has given up, though by now it could be processed."""
    clinic.write(clinic.choose("health-tips"), person=SIPHO)
    delivery = InboundDelivery.objects.get()
    InboundDelivery.objects.update(state="failed", attempts=20, last_error="OperationalError")
    return delivery


@pytest.fixture
def proposal(linked):
    return ReviewItem.objects.get(kind="link")


@pytest.fixture
def parked(thandi):
    SenderContact.objects.filter(contact=thandi).update(
        parked_at=timezone.now(), last_error="400: no such contact", attempts=3
    )
    return SenderContact.objects.get(contact=thandi)


def test_without_work_each_part_says_so(reviewer, clinic):
    text = text_of(reviewer.get(REVIEW))
    for calm in ("Every delivery has been processed", "Every message was clear", "Every platform takes"):
        assert calm in text


# Deliveries


def test_a_failed_delivery_is_due_again_and_the_worker_processes_it(reviewer, failed):
    assert "OperationalError" in text_of(reviewer.get(REVIEW))
    answer = reviewer.post(address("deliveries"), {"delivery": failed.pk})
    assert answer["Location"].endswith("#deliveries")
    assert tasks.process_waiting() == 1
    assert InboundDelivery.objects.get().state == "done"
    assert "Every delivery has been processed" in text_of(reviewer.get(REVIEW))
    entry = AuditEntry.objects.get(action="changed")
    assert entry.detail == {"deliveries due again": 1}


def test_all_of_them_are_due_again_at_once(reviewer, clinic, failed):
    later = timezone.now() + timedelta(hours=1)
    for number in range(3):
        InboundDelivery.objects.create(
            channel=clinic.thread, body=b"", headers={}, received_at=timezone.now(), state="waiting",
            attempts=number, next_attempt_at=later,
        )  # fmt: skip
    reviewer.post(address("deliveries"), {"delivery": "all"})
    due = InboundDelivery.objects.due(timezone.now())
    assert due.count() == 3  # and not the one that nobody has tried yet


def test_what_a_delivery_contains_is_not_on_the_page(reviewer, failed):
    assert SIPHO not in reviewer.get(REVIEW).content.decode()


# Links


def test_a_proposed_link_shows_both_and_what_each_has_said(reviewer, proposal):
    text = text_of(reviewer.get(REVIEW))
    assert "+27 82 000 0202" in text
    assert BSUID in text
    assert "Yes: health tips" in text


def test_the_same_person_is_logged_and_moves_nothing(reviewer, clinic, linked, proposal):
    before = list(ContactIdentifier.objects.values_list("pk", "contact").order_by("pk"))
    events = clinic.events()
    decide(reviewer, proposal, "same")
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.decided_by.username) == ("same", "reviewer")
    assert list(ContactIdentifier.objects.values_list("pk", "contact").order_by("pk")) == before
    assert clinic.events() == events
    assert AuditEntry.objects.get(action="approved").detail == {"decision": "same"}


def test_after_the_same_person_a_stop_of_one_still_stops_both(reviewer, clinic, linked, proposal):
    decide(reviewer, proposal, "same")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        clinic.write("STOP", person="", bsuid=BSUID)
    assert clinic.gate("health-tips", phone=f"+{SIPHO}")["reason"] == "withdrawn"
    assert clinic.gate("health-tips", bsuid=BSUID)["reason"] == "withdrawn"


def test_after_the_same_person_a_yes_still_counts_for_the_one_that_sent_it(
    reviewer, clinic, linked, proposal
):
    decide(reviewer, proposal, "same")
    clinic.write(clinic.choose("appointment-reminders"), person="", bsuid=BSUID)
    assert clinic.gate(bsuid=BSUID)["decision"] == "allow"
    assert clinic.gate(phone=f"+{SIPHO}")["reason"] == "no_record"


def test_after_not_the_same_a_stop_of_one_leaves_the_other_alone(reviewer, clinic, linked, proposal):
    decide(reviewer, proposal, "not_same")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        clinic.write("STOP", person="", bsuid=BSUID)
    assert clinic.gate("health-tips", bsuid=BSUID)["reason"] == "withdrawn"
    assert clinic.gate("health-tips", phone=f"+{SIPHO}")["decision"] == "allow"


def test_what_was_decided_is_not_proposed_again(reviewer, clinic, linked, proposal):
    decide(reviewer, proposal, "not_same")
    clinic.write("Hello", person=SIPHO, bsuid=BSUID)
    assert ReviewItem.objects.get().decision == "not_same"
    text = text_of(reviewer.get(REVIEW))
    assert "No message has carried the ids of two people." in text
    assert "Not the same" in text


def test_of_two_who_decide_at_once_the_first_has_decided(reviewer, owner, proposal):
    decide(reviewer, proposal, "same")
    answer = owner.post(address("decide", proposal.pk), {"decision": "not_same"}, follow=True)
    assert "Somebody has decided this in the meantime." in text_of(answer)
    assert ReviewItem.objects.get().decision == "same"


# Unsure messages


@pytest.fixture
def unsure(clinic, thandi):
    return ReviewItem.objects.create(organisation=clinic.organisation, kind="unsure", contact=thandi)


def test_that_it_was_a_stop_is_an_act_of_withdrawal(reviewer, clinic, unsure):
    assert clinic.gate()["decision"] == "allow"
    decide(reviewer, unsure, "stop")
    assert clinic.gate()["reason"] == "withdrawn"
    act = ConsentEvent.objects.get(door="admin")
    assert (act.kind, act.actor, act.purpose) == ("withdrawn", "staff", None)
    assert "read as a stop by staff" in Evidence.objects.get(event=act).payload["where"]
    assert set(
        AuditEntry.objects.filter(action__in=["approved", "withdrew"]).values_list("action", flat=True)
    )


def test_that_it_was_none_is_logged_and_changes_nothing(reviewer, clinic, unsure):
    before = clinic.events()
    decide(reviewer, unsure, "no_stop")
    assert clinic.events() == before
    assert AuditEntry.objects.get(action="rejected").detail == {"decision": "no_stop"}


@pytest.mark.parametrize("decision", ["", "same", "given", "anything"])
def test_there_is_no_other_decision(reviewer, unsure, decision):
    assert decide(reviewer, unsure, decision).status_code == 400
    assert ReviewItem.objects.get().decided_at is None


# Refused pushes


def test_a_refused_push_is_tried_again(reviewer, parked):
    assert "400: no such contact" in text_of(reviewer.get(REVIEW))
    reviewer.post(address("push", parked.pk), {"decision": "again"})
    assert list(SenderContact.objects.due(timezone.now())) == [parked]


def test_a_refused_push_is_left_with_a_reason_until_the_person_changes_their_mind(reviewer, clinic, parked):
    reviewer.post(address("push", parked.pk), {"decision": "leave"})
    assert "400: no such contact" in text_of(reviewer.get(REVIEW))
    reviewer.post(address("push", parked.pk), {"decision": "leave", "reason": "The number is gone."})
    assert "400: no such contact" not in text_of(reviewer.get(REVIEW))
    assert AuditEntry.objects.get(action="changed").reason == "The number is gone."
    assert not SenderContact.objects.due(timezone.now()).exists()
    clinic.write("STOP")
    assert list(SenderContact.objects.due(timezone.now())) == [parked]


# Who decides


@pytest.mark.parametrize("role", ["manager", "auditor", "viewer", "agent"])
def test_only_reviewers_and_owners_decide(staff, clinic, failed, parked, unsure, role):
    client, before = staff(role), clinic.events()
    for path in (address("deliveries"), address("push", parked.pk), address("decide", unsure.pk)):
        assert client.post(path, {"delivery": "all", "decision": "stop", "reason": "x"}).status_code == 403
    assert clinic.events() == before
    assert InboundDelivery.objects.filter(state="failed").exists()


def test_who_may_not_decide_sees_what_waits_and_no_button(staff, parked, unsure):
    page = staff("viewer").get(REVIEW)
    assert "A reviewer decides" in text_of(page)
    assert 'name="decision"' not in page.content.decode()
    assert "+27•••••••01" in text_of(page)


def test_another_organisation_sees_and_decides_nothing(stranger, clinic, failed, parked, unsure):
    text = text_of(stranger.get(REVIEW))
    assert "Every message was clear" in text
    assert decide(stranger, unsure, "stop").status_code == 404
    assert stranger.post(address("push", parked.pk), {"decision": "again"}).status_code == 404
    stranger.post(address("deliveries"), {"delivery": "all"})
    stranger.post(address("deliveries"), {"delivery": failed.pk})
    assert InboundDelivery.objects.filter(state="failed").exists()


@pytest.mark.parametrize("name", ["deliveries", "decide", "push"])
def test_a_decision_is_a_post(reviewer, name):
    assert reviewer.get(address(name, *([] if name == "deliveries" else [1]))).status_code == 405


def test_much_work_takes_no_more_queries_than_little(reviewer, clinic, linked, parked, unsure):
    with CaptureQueriesContext(connection) as little:
        reviewer.get(REVIEW)
    for number in range(8):
        clinic.write(clinic.choose("health-tips"), person=f"2782000040{number:02}")
    for contact in clinic.organisation.contacts.all():
        ReviewItem.objects.create(organisation=clinic.organisation, kind="unsure", contact=contact)
    SenderContact.objects.update(parked_at=timezone.now())
    with CaptureQueriesContext(connection) as much:
        reviewer.get(REVIEW)
    assert len(much) == len(little)
