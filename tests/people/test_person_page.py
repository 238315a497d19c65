"""One person's page: may we message them, why, and all that happened."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from optins.admin import sentences
from optins.consent import gate
from optins.consent.standing import Reason
from optins.models import AuditEntry, Contact, Evidence, NoticeVersion, SenderContact
from tests.clinic import THANDI
from tests.people.conftest import page_of, text_of

pytestmark = pytest.mark.once


def test_each_purpose_is_one_sentence_with_its_reason(owner, thandi):
    text = text_of(owner.get(page_of(thandi)))
    day = f"{timezone.now().astimezone(timezone.get_fixed_timezone(120)):%-d %B %Y}"
    assert (
        f"May be messaged about appointment reminders: said yes on {day} in the chat ‘WhatsApp’, "
        "proved from WhatsApp." in text
    )
    assert f"May not be messaged about health tips: stopped everything on {day} by sending STOP." in text


def test_who_has_only_said_yes_to_one_thing_has_said_nothing_about_the_other(owner, clinic):
    clinic.write(clinic.choose("health-tips", number="082 000 0101"))
    text = text_of(owner.get(f"/admin/optins/contact/{Contact.objects.get().pk}/change/"))
    assert "May not be messaged about appointment reminders: has said nothing about it." in text
    assert "on the page ‘Website’, proved from WhatsApp." in text


def test_a_yes_that_others_report_is_not_confirmed(owner, clinic):
    body = {"phone": f"+{THANDI}", "channel": "riverside-web", "action": "give", "purposes": ["health-tips"]}
    clinic.api("consents", body, **{"Idempotency-Key": "one"})
    text = text_of(owner.get(f"/admin/optins/contact/{Contact.objects.get().pk}/change/"))
    assert "but has not confirmed it from their own WhatsApp." in text


def test_a_changed_wording_and_an_end_are_told(owner, clinic, thandi):
    reminders = clinic.purposes["appointment-reminders"]
    reminders.expires_after_days = 10
    reminders.save()
    assert "It runs out on" in text_of(owner.get(page_of(thandi)))
    NoticeVersion.objects.update(status="retired", retired_at=timezone.now())
    NoticeVersion.objects.create(
        notice=clinic.web.notice, number=2, change="major", status="published", published_at=timezone.now()
    )
    assert "the wording has changed since and needs their yes again." in text_of(owner.get(page_of(thandi)))


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_the_gate_has_words(reason):
    assert sentences.answer(reason).endswith(".")


def test_the_page_gives_the_gates_own_answers(owner, clinic, thandi):
    at = owner.get(page_of(thandi)).context["senders"][0]
    shown = {
        (purpose.key, form): (answer.is_allowed, answer.reason)
        for purpose, answers in at.answers
        for form, answer in zip(gate.Form, answers, strict=True)
    }
    for (purpose, form), answer in shown.items():
        told = clinic.gate(purpose, form=str(form))
        assert answer == (told["decision"] == "allow", told["reason"])
    assert len(shown) == 4
    assert at.is_window_open


def test_a_stop_at_the_platform_is_told_beside_the_persons_own_yes(owner, clinic, thandi):
    SenderContact.objects.update(stopped_there_at=timezone.now())
    text = text_of(owner.get(page_of(thandi)))
    assert "proved from WhatsApp. But no WhatsApp number may send it now: The platform says no." in text


def test_who_has_stopped_everything_gets_no_free_text_either(owner, clinic, thandi):
    clinic.write("STOP")
    at = owner.get(page_of(thandi)).context["senders"][0]
    assert not at.is_window_open
    assert {answer.reason for _purpose, answers in at.answers for answer in answers} == {
        "withdrawn",
        "window_closed",
    }


def test_the_timeline_tells_the_whole_story_newest_first(owner, clinic, thandi):
    SenderContact.objects.update(pushed_at=timezone.now(), pushed={"opted_in": True})
    entries = owner.get(page_of(thandi)).context["timeline"]
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    acts = [entry.title for entry in entries if entry.sort == "Act"]
    assert acts == [
        "Said yes to appointment reminders",
        "Stopped everything",
        "Said yes to appointment reminders and health tips",
    ]
    assert {entry.sort for entry in entries} == {"Act", "Request", "Push", "Reply"}


def test_an_act_shows_its_delivery_its_wording_and_its_evidence(owner, clinic, thandi):
    given = owner.get(page_of(thandi)).context["timeline"][-2]
    assert given.title == "Said yes to appointment reminders and health tips"
    assert given.delivery.get_state_display() == "Processed"
    assert given.shown.translation.language == "en"
    shown, done = given.proofs
    assert [shown.is_genuine, done.is_genuine] == [True, True]
    assert given.shown.translation.content_hash in shown.text
    assert "Yes, send me" in done.text


def test_evidence_that_was_changed_is_called_changed(owner, thandi):
    Evidence.objects.update(payload={"message": "something else"})
    assert "It does not fit the digest in the ledger." in text_of(owner.get(page_of(thandi)))


def test_the_exact_wording_stands_on_the_page_in_its_own_direction(owner, clinic):
    token = clinic.client.get("/c/riverside-tap/?lang=ar").context["token"]
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        answer = clinic.client.post("/c/riverside-tap/", {"purposes": ["health-tips"], "token": token})
    clinic.write(answer.context["sentence"])
    page = owner.get(f"/admin/optins/contact/{Contact.objects.get().pk}/change/").content.decode()
    assert '<blockquote class="wording" lang="ar" dir="rtl">' in page


def test_times_are_those_of_the_organisations_zone_with_their_offset(owner, clinic, thandi):
    clinic.organisation.time_zone = "Asia/Kolkata"
    clinic.organisation.save()
    page = owner.get(page_of(thandi)).content.decode()
    offsets = set(re.findall(r"<time [^>]*>[^<]*<bdi[^>]*>([^<]*)</bdi>", page))
    assert offsets == {"+05:30"}


def test_a_number_typed_by_somebody_is_told_and_proves_nothing(owner, clinic, thandi):
    clinic.choose("health-tips", number=f"+{THANDI}")
    text = text_of(owner.get(page_of(thandi)))
    assert "Somebody typed this person's number. A typed number proves nothing." in text


# Who may see what


def test_who_may_not_see_numbers_sees_none_of_them_anywhere_on_the_page(staff, thandi):
    page = staff("viewer").get(page_of(thandi)).content.decode()
    for shown in (THANDI, "82 000 0101", "820000101"):
        assert shown not in page
    assert '<bdi dir="ltr" class="number">+27•••••••01</bdi>' in page


def test_numbers_stand_in_an_element_that_right_to_left_pages_leave_alone(owner, thandi):
    assert (
        '<bdi dir="ltr" class="number">+27 82 000 0101</bdi>' in owner.get(page_of(thandi)).content.decode()
    )


@pytest.mark.parametrize(("role", "sees"), [("auditor", True), ("reviewer", True), ("manager", False)])
def test_evidence_is_shown_to_those_who_may_see_it(staff, thandi, role, sees):
    text = text_of(staff(role).get(page_of(thandi)))
    assert ("Evidence: what was done" in text) == sees
    assert ("There is evidence, which your role does not show." in text) == (not sees)


def test_opening_the_page_is_noted(owner, thandi):
    owner.get(page_of(thandi))
    entry = AuditEntry.objects.get(action="viewed")
    assert (entry.object_type, entry.object_id) == ("contact", str(thandi.pk))
    assert THANDI not in str(entry.detail)


def test_another_organisations_person_is_not_there_and_nothing_is_noted(stranger, thandi):
    assert stranger.get(page_of(thandi)).status_code == 302
    assert not AuditEntry.objects.filter(action="viewed").exists()


def test_the_page_changes_nothing(owner, clinic, thandi):
    before = clinic.events()
    owner.get(page_of(thandi))
    assert owner.post(page_of(thandi), {}).status_code == 403
    assert clinic.events() == before


def test_an_erased_person_has_a_page_and_no_number(owner, clinic, thandi):
    thandi.identifiers.all().delete()
    thandi.erased_at = timezone.now()
    thandi.save()
    text = text_of(owner.get(page_of(thandi)))
    assert "No number or id is left." in text
    assert "This WhatsApp number has no way to reach them." in text
    assert "Record a withdrawal" not in text


def test_a_long_story_takes_no_more_queries_than_a_short_one(owner, clinic, thandi):
    with CaptureQueriesContext(connection) as short:
        owner.get(page_of(thandi))
    for _ in range(4):
        clinic.write("STOP")
        clinic.tap_button("Appointment")
    with CaptureQueriesContext(connection) as long:
        owner.get(page_of(thandi))
    assert len(long) == len(short)
