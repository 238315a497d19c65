"""A withdrawal recorded by staff on somebody's behalf: through the one door, at once, and never a grant."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from optins.models import AuditEntry, ConsentEvent, Evidence, Organisation, Purpose, SenderContact
from tests.clinic import SIPHO
from tests.people.conftest import contact_of, page_of, text_of

pytestmark = pytest.mark.once

PHONED = "By telephone, to the front desk."


def form_of(contact):
    return reverse("admin:optins_contact_withdraw", args=[contact.pk])


def form_id_on(page):
    (found,) = re.findall(r'name="form_id" value="([^"]+)"', page.content.decode())
    return found


@pytest.fixture
def withdraw(owner, thandi):
    """Fill in the form and confirm it, as the browser would; returns the last answer."""

    def withdraw(scope="everything", purposes=(), where=PHONED, client=owner, **more):
        fields = {"scope": scope, "purposes": [p.pk for p in purposes], "where": where, "confirm": "yes"}
        fields["form_id"] = form_id_on(client.get(form_of(thandi)))
        return client.post(form_of(thandi), fields | more)

    return withdraw


def test_the_gate_says_no_at_once_and_the_senders_rows_follow(withdraw, clinic, thandi):
    assert clinic.gate()["decision"] == "allow"
    version = SenderContact.objects.get(contact=thandi).version
    assert withdraw().status_code == 302
    assert clinic.gate()["reason"] == "withdrawn"
    row = SenderContact.objects.get(contact=thandi)
    assert (row.desired, row.lane) == ({"opted_in": False}, SenderContact.Lane.WITHDRAWAL)
    assert row.version > version


def test_it_is_one_act_by_staff_through_the_admins_door(withdraw, clinic, thandi):
    withdraw()
    act = ConsentEvent.objects.get(contact=thandi, door="admin")
    owner = clinic.organisation.memberships.get(user__username="owner").user
    assert (act.kind, act.purpose, act.actor, act.reason) == ("withdrawn", None, "staff", "requested")
    assert act.actor_reference == f"user:{owner.pk}"
    assert not act.proved


def test_where_it_was_said_is_evidence_and_not_in_the_ledger(withdraw, thandi):
    withdraw(where="She said so at the desk, call +27 82 000 0101")
    act = ConsentEvent.objects.get(contact=thandi, door="admin")
    assert Evidence.objects.get(event=act).payload["where"].startswith("She said so")
    assert "desk" not in " ".join(str(getattr(act, field.attname)) for field in act._meta.concrete_fields)
    entry = AuditEntry.objects.get(action="withdrew")
    assert (entry.object_id, entry.detail) == (str(thandi.pk), {"purposes": "everything"})


def test_one_purpose_stops_and_the_other_stands(withdraw, clinic, thandi):
    clinic.write("START")
    clinic.write("yes")
    withdraw("some", [clinic.purposes["health-tips"]])
    assert clinic.gate("health-tips")["reason"] == "withdrawn"
    assert clinic.gate("appointment-reminders")["decision"] == "allow"
    assert AuditEntry.objects.get(action="withdrew").detail == {"purposes": ["health-tips"]}


def test_a_second_click_is_the_same_act(withdraw, clinic, owner, thandi):
    form_id = form_id_on(owner.get(form_of(thandi)))
    fields = {"scope": "everything", "where": PHONED, "confirm": "yes", "form_id": form_id}
    for _ in range(2):
        assert owner.post(form_of(thandi), fields).status_code == 302
    assert ConsentEvent.objects.filter(door="admin").count() == 1
    assert AuditEntry.objects.filter(action="withdrew").count() == 1


def test_the_form_of_one_person_does_nothing_for_another(withdraw, clinic, owner, thandi):
    clinic.write(clinic.choose("health-tips"), person=SIPHO)
    sipho = contact_of(SIPHO)
    fields = {"scope": "everything", "where": PHONED, "confirm": "yes"}
    fields["form_id"] = form_id_on(owner.get(form_of(thandi)))
    owner.post(form_of(thandi), fields)
    owner.post(form_of(sipho), fields)
    assert ConsentEvent.objects.filter(door="admin").count() == 2
    assert clinic.gate("health-tips", phone=f"+{SIPHO}")["reason"] == "withdrawn"


def test_nothing_is_recorded_before_it_is_confirmed(owner, clinic, thandi):
    before = clinic.events()
    fields = {"scope": "everything", "where": PHONED, "form_id": form_id_on(owner.get(form_of(thandi)))}
    page = owner.post(form_of(thandi), fields)
    assert "Is this right?" in text_of(page)
    assert PHONED in text_of(page)
    assert form_id_on(page) == fields["form_id"]
    back = text_of(owner.post(form_of(thandi), fields | {"back": "yes"}))
    assert "Is this right?" not in back
    assert PHONED in back
    assert clinic.events() == before


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"where": ""}, "Say where: it is the evidence."),
        ({"scope": ""}, "Choose one."),
        ({"scope": "some"}, "Tick at least one, or choose everything."),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_recorded(withdraw, clinic, fields, says):
    before = clinic.events()
    assert says in text_of(withdraw(**fields))
    assert clinic.events() == before


def test_no_field_of_the_form_gives_consent(withdraw, clinic, thandi):
    withdraw()
    before = clinic.gate()
    withdraw(kind="given", action="give", proved="true", actor="person", reason="")
    assert set(ConsentEvent.objects.filter(door="admin").values_list("kind", flat=True)) == {"withdrawn"}
    assert clinic.gate()["reason"] == before["reason"]


def test_only_the_person_takes_it_back_by_a_message_after_it(withdraw, clinic, thandi):
    withdraw()
    assert clinic.gate()["decision"] == "deny"
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        clinic.write("START")
        clinic.write("yes")
        assert clinic.gate()["decision"] == "allow"


def test_the_page_tells_who_recorded_it_and_where_it_was_said(withdraw, owner, thandi):
    withdraw()
    text = text_of(owner.get(page_of(thandi)))
    assert "asked us to stop everything" in text
    assert "recorded by staff" in text
    assert PHONED in text


@pytest.mark.parametrize("role", ["viewer", "auditor", "agent"])
def test_who_may_not_record_it_cannot(staff, clinic, thandi, role):
    before = clinic.events()
    client = staff(role)
    assert client.get(form_of(thandi)).status_code in (403, 404)
    fields = {"scope": "everything", "where": PHONED, "confirm": "yes"}
    assert client.post(form_of(thandi), fields).status_code in (403, 404)
    assert clinic.events() == before


def test_nobody_of_another_organisation_can(stranger, clinic, thandi):
    before = clinic.events()
    fields = {"scope": "everything", "where": PHONED, "confirm": "yes"}
    assert stranger.post(form_of(thandi), fields).status_code == 404
    assert clinic.events() == before


def test_a_purpose_of_another_organisation_cannot_be_named(withdraw, clinic, thandi):
    other = Organisation.objects.create(slug="elsewhere", name="Elsewhere", country="KE")
    foreign = Purpose.objects.create(organisation=other, key="x", titles={"en": "x"}, category="utility")
    before = clinic.events()
    assert withdraw("some", [foreign]).status_code == 200
    assert clinic.events() == before
