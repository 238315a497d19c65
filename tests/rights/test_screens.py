"""Staff's side: requests and holds from the person's page to their end, by whoever may."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from optins import erasing
from optins.consent import erasure, holds, rights
from optins.models import (
    AuditEntry,
    Contact,
    DataSubjectRequest,
    LegalHold,
    Organisation,
    SenderContact,
)
from tests.clinic import THANDI
from tests.people.conftest import page_of, text_of
from tests.rights.conftest import person, told
from tests.rights.searching import places_of

pytestmark = pytest.mark.once


def url(name, row):
    return reverse(f"admin:optins_{name}", args=[row.pk])


@pytest.fixture
def thandi(clinic):
    clinic.write(clinic.choose(*clinic.purposes, number="082 000 0101"))
    return person()


def opened(client, contact, kind="erase", **values):
    answer = client.post(url("datasubjectrequest_open", contact), {"kind": kind, **values})
    row = DataSubjectRequest.objects.latest("pk")
    assert answer["Location"] == url("datasubjectrequest_change", row)
    return row


def step(client, name, row, **values):
    """One step; what the page says then."""
    answer = client.post(url(f"datasubjectrequest_{name}", row), values, follow=True)
    row.refresh_from_db()
    return text_of(answer)


def test_an_erasure_goes_from_the_persons_page_to_its_end_and_each_step_is_written_down(
    clinic, staff, thandi
):
    manager, reviewer = staff("manager"), staff("reviewer")
    assert "Open a request" in text_of(manager.get(page_of(thandi)))
    row = opened(manager, thandi)
    assert opened(manager, thandi) == row  # the same one is still open
    assert (row.due_at - row.received_at, row.rule_pack) == (timedelta(days=30), "ZA 0.1.0")
    assert "Check first who they are." in step(reviewer, "approve", row)
    assert "Say how" in step(manager, "identity", row, how="own_message")
    assert row.identity_check == ""
    assert "It can be decided now." in step(manager, "identity", row, how="called_back")
    assert manager.post(url("datasubjectrequest_approve", row)).status_code == 403
    assert "each number is being told" in step(reviewer, "approve", row)
    assert row.state == "approved"
    assert staff("reviewer").post(url("datasubjectrequest_done", row)).status_code == 400
    assert places_of(THANDI, "Thandi") == set()
    told()
    erasing.finish_all()
    row.refresh_from_db()
    assert (row.state, row.decided_by.username) == ("done", "reviewer")
    assert "That cannot be done now." in step(reviewer, "approve", row)
    assert "No number or id is left." in text_of(reviewer.get(url("datasubjectrequest_change", row)))
    assert "Open a request" not in text_of(reviewer.get(page_of(thandi)))
    steps = (
        AuditEntry.objects.filter(object_type="datasubjectrequest").exclude(action="viewed").order_by("pk")
    )
    today = timezone.localdate(timezone=ZoneInfo(clinic.organisation.time_zone))
    asked = {"asked for": "erase", "arrived": today.isoformat()}
    assert [(entry.user.username, entry.action, entry.detail) for entry in steps] == [
        ("manager", "changed", asked),
        ("manager", "changed", asked),
        ("manager", "changed", {"identity": "called_back"}),
        ("reviewer", "approved", {}),
    ]


def test_an_objection_stops_everything_and_a_refusal_says_why(clinic, staff, thandi):
    owner = staff("owner")
    row = opened(owner, thandi, "object")
    step(owner, "identity", row, how="known")
    step(owner, "approve", row)
    assert row.state == "done"
    assert clinic.gate()["reason"] == "withdrawn"
    row = opened(owner, thandi, "correct")
    assert "Say why it is refused." in step(owner, "refuse", row, reason="")
    assert "Tell them, and why." in step(owner, "refuse", row, reason="not_identified")
    assert (row.state, row.refusal) == ("refused", "not_identified")
    row = opened(owner, thandi, "access")
    step(owner, "identity", row, how="document")
    assert "evidence pack" in step(owner, "approve", row)
    assert "Done." in step(owner, "done", row)
    assert row.state == "done"


def test_a_hold_takes_two_and_keeps_everything_until_it_is_released(clinic, staff, thandi):
    reviewer, owner = staff("reviewer"), staff("owner")
    answer = reviewer.post(url("legalhold_place", thandi), {"reason": "Case 14/2026, call 082 000 0101"})
    hold = LegalHold.objects.get()
    assert (answer["Location"], hold.reason) == (url("legalhold_change", hold), "Case 14/2026, call …")
    assert not holds.is_held(thandi)
    refused = reviewer.post(url("legalhold_approve", hold), follow=True)
    assert "Another person than the one who placed a hold approves it." in text_of(refused)
    owner.post(url("legalhold_approve", hold))
    assert holds.is_held(thandi)
    row = opened(owner, thandi)
    step(owner, "identity", row, how="known")
    assert "A legal hold forbids it." in step(owner, "approve", row)
    thandi.refresh_from_db()
    assert (row.state, thandi.erased_at, clinic.gate()["decision"]) == ("open", None, "allow")
    reviewer.post(url("legalhold_release", hold))
    assert "It was released before." in text_of(reviewer.post(url("legalhold_release", hold), follow=True))
    assert "Approved." in step(owner, "approve", row)
    assert Contact.objects.get().erased_at


def test_home_and_lists_say_what_falls_due(clinic, staff, thandi):
    now, owner = timezone.now(), staff("owner")
    rights.file(thandi, "access", "staff", now=now)
    rights.file(thandi, "erase", "staff", now=now - timedelta(days=32))
    LegalHold.objects.create(
        organisation=clinic.organisation, contact=thandi, reason="Case 1", placed_by=clinic.demo.admin,
        placed_at=now,
    )  # fmt: skip
    home = text_of(owner.get(reverse("admin:index")))
    for words in ("1 data request", "1 data request overdue", "1 legal hold to approve"):
        assert words in home
    listed = text_of(owner.get(reverse("admin:optins_datasubjectrequest_changelist")))
    assert "2 days overdue" in listed
    assert "To approve" in text_of(owner.get(reverse("admin:optins_legalhold_changelist")))
    assert "overdue" in text_of(staff("viewer").get(page_of(thandi)))


def test_a_sender_that_could_not_be_told_is_an_alarm_with_the_persons_id_until_staff_removed_it(
    clinic, staff, thandi
):
    owner = staff("owner")
    row = opened(owner, thandi)
    step(owner, "identity", row, how="known")
    step(owner, "approve", row)
    later = timezone.now() + erasure.DEADLINE + timedelta(minutes=1)
    assert erasing.finish_all() == 0
    assert SenderContact.objects.get().last_addresses  # encrypted: it can still be told
    assert erasing.finish_all(later) == 0
    there = SenderContact.objects.get()
    assert (there.last_addresses, bool(there.parked_at)) == ("", True)
    assert "1 erasure not told" in text_of(owner.get(reverse("admin:index")))
    review = reverse("admin:optins_reviewitem_changelist")
    assert f"Person {thandi.uuid} at Riverside Clinic" in text_of(owner.get(review))
    address = reverse("admin:optins_reviewitem_push", args=[there.pk])
    assert "Say how" in text_of(owner.post(address, {"decision": "removed"}, follow=True))
    owner.post(address, {"decision": "removed", "reason": "Deleted in the inbox of Turn"})
    row.refresh_from_db()
    assert (SenderContact.objects.count(), row.state) == (0, "done")
    assert str(thandi.uuid) not in text_of(owner.get(review))


def test_the_time_to_answer_runs_from_the_day_that_a_letter_arrived_where_the_organisation_is(
    clinic, staff, thandi, time_machine
):
    """At 23:30 UTC on the 24th it is the 25th already in Johannesburg, and still the 24th in New York."""
    time_machine.move_to(datetime(2027, 3, 24, 23, 30, tzinfo=UTC), tick=False)
    for zone, today in (("Africa/Johannesburg", "2027-03-25"), ("America/New_York", "2027-03-24")):
        Organisation.objects.update(time_zone=zone)
        manager = staff("manager")
        page = text_of(manager.get(url("datasubjectrequest_open", thandi)))
        assert "On which day did it arrive?" in page
        row = opened(manager, thandi, arrived=today)
        assert row.received_at == timezone.now()
        DataSubjectRequest.objects.all().delete()
        row = opened(manager, thandi, arrived="2027-03-10")
        assert row.received_at.astimezone(ZoneInfo(zone)).isoformat()[:19] == "2027-03-10T23:59:59"
        assert row.due_at.astimezone(ZoneInfo(zone)).isoformat()[:19] == "2027-04-09T23:59:59"
        wrong = {"2027-03-26": "yet to come", "2026-03-01": "a year ago", "10/3": "Write the day as"}
        for day, problem in wrong.items():
            answer = manager.post(url("datasubjectrequest_open", thandi), {"kind": "erase", "arrived": day})
            assert problem in text_of(answer)
        DataSubjectRequest.objects.all().delete()


def test_a_request_that_is_open_already_runs_from_the_earlier_day(clinic, staff, thandi):
    manager, now = staff("manager"), timezone.now()
    row = opened(manager, thandi)
    earlier = (now - timedelta(days=9)).date().isoformat()
    assert opened(manager, thandi, arrived=earlier) == row
    row.refresh_from_db()
    assert timedelta(days=8) < now - row.received_at < timedelta(days=11)
    assert row.due_at - row.received_at == timedelta(days=30)
    due = row.due_at
    opened(manager, thandi)
    row.refresh_from_db()
    assert row.due_at == due
