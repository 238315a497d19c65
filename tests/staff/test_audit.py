"""The audit: who did what is written down, cannot be changed, and is read by owners and auditors."""

from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from optins import audit
from optins.models import AuditEntry, Contact, Membership, Purpose, Sender, User
from tests.clinic import THANDI
from tests.signing_in import signed_in

pytestmark = pytest.mark.once

FORM = {"titles": '{"en": "other"}', "discreet_titles": "{}", "category": "utility", "position": "0"}


@pytest.fixture
def owner(busy_clinic):
    return signed_in(User.objects.get(username="owner"))


def entries(**wanted):
    return AuditEntry.objects.filter(user__username="owner", **wanted)


def test_opening_a_person_is_written_down(owner, busy_clinic):
    person = Contact.objects.get()
    owner.get(reverse("admin:optins_contact_change", args=[person.pk]))
    entry = entries(action="viewed").get()
    assert (entry.object_type, entry.object_id) == ("contact", str(person.pk))
    assert entry.organisation == busy_clinic.organisation


def test_opening_an_act_with_its_evidence_is_written_down(owner, busy_clinic):
    event = Contact.objects.get().events.all()[0]
    owner.get(reverse("admin:optins_consentevent_change", args=[event.pk]))
    assert entries(action="viewed").get().object_id == str(event.pk)


def test_a_change_is_written_down_by_the_names_of_its_fields(owner, busy_clinic):
    purpose = busy_clinic.purposes["health-tips"]
    owner.post(reverse("admin:optins_purpose_change", args=[purpose.pk]), FORM)
    entry = entries(action="changed").get()
    assert entry.object_id == str(purpose.pk)
    assert "Titles" in entry.detail["fields"]
    assert "other" not in str(entry.detail)


def test_saving_without_a_change_writes_nothing(owner, busy_clinic):
    page = reverse("admin:optins_membership_change", args=[Membership.objects.get(user__username="agent").pk])
    owner.post(page, {"role": "agent"})
    assert not entries(action="changed").exists()


def test_something_added_is_written_down(owner, busy_clinic):
    owner.post(
        reverse("admin:optins_purpose_add"),
        FORM | {"organisation": busy_clinic.organisation.pk, "key": "news"},
    )
    entry = entries(action="changed").get()
    assert (entry.detail, entry.object_id) == ({"added": "purpose"}, str(Purpose.objects.get(key="news").pk))


def test_neither_a_secret_nor_a_number_is_written_down(owner, busy_clinic):
    sender = busy_clinic.sender
    fields = {
        "organisation": sender.organisation_id,
        "slug": sender.slug,
        "platform": "turn",
        "medium": "whatsapp",
    }
    fields |= {"number": "+27820000999", "display_name": "Clinic", "is_active": "on", "token": "new-secret"}
    owner.post(reverse("admin:optins_sender_change", args=[sender.pk]), fields)
    assert Sender.objects.get(pk=sender.pk).token == "new-secret"
    entry = entries(action="changed").get()
    assert {"Token", "Number"} <= set(entry.detail["fields"])
    assert "new-secret" not in str(entry.detail)
    assert "0999" not in str(entry.detail)


def test_a_new_password_is_written_down_and_not_what_it_is(owner, busy_clinic):
    viewer = User.objects.get(username="viewer")
    new = {"password1": "a long and unusual one", "password2": "a long and unusual one"}
    page = reverse("admin:auth_user_password_change", args=[viewer.pk])
    owner.post(page, new | {"usable_password": "true", "set-password": "1"})
    entry = entries(action="changed").get()
    assert (entry.object_type, entry.object_id) == ("user", str(viewer.pk))
    assert "unusual" not in str(entry.detail)


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_the_audit(busy_clinic, act):
    rows = AuditEntry.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(reason="another") if act == "update" else rows._raw_delete("default")


def test_the_database_refuses_to_empty_the_audit(busy_clinic):
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE optins_auditentry")
    assert AuditEntry.objects.exists()


def test_owners_and_auditors_read_it_with_a_link_to_what_it_is_about(owner, busy_clinic):
    person = Contact.objects.get()
    owner.get(reverse("admin:optins_contact_change", args=[person.pk]))
    reader = signed_in(User.objects.get(username="auditor"))
    page = reader.get(reverse("admin:optins_auditentry_changelist"), {"action__exact": "viewed"})
    assert reverse("admin:optins_contact_change", args=[person.pk]) in page.content.decode()
    assert THANDI not in page.content.decode()


def test_the_list_takes_as_many_queries_for_many_entries_as_for_one(
    owner, busy_clinic, django_assert_max_num_queries
):
    page = reverse("admin:optins_auditentry_changelist")
    owner.get(page)
    for user in User.objects.all():
        audit.note(user, busy_clinic.organisation, "viewed", Contact.objects.get())
    with django_assert_max_num_queries(14):
        owner.get(page)


@pytest.mark.parametrize("screen", ["user", "membership"])
def test_lists_of_staff_take_a_constant_number_of_queries(
    owner, busy_clinic, member, screen, django_assert_max_num_queries
):
    for number in range(5):
        user = User.objects.create_user(f"colleague-{number}")
        member("viewer", busy_clinic.organisation, user)
    with django_assert_max_num_queries(14):
        owner.get(reverse(f"admin:optins_{screen}_changelist"))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Asked from 91 23 45 67", "Asked from …"),
        ("Called (082) 000-0101, twice", "Called …, twice"),
        ("Called +27 (0)82 000 0101.", "Called …."),
        ("From \u0660\u0668\u0662\u0660\u0660\u0660\u0660\u0661\u0660\u0661", "From …"),
        ("27820000101", "…"),
        ("Letter of 2026-11-20 in case 345/2026", "Letter of 2026-11-20 in case 345/2026"),
        ("Letter of 20.11.2026, 12 of 300 people", "Letter of 20.11.2026, 12 of 300 people"),
        ("Case 2026/004512, 082 000 0101", "Case 2026/004512, …"),
        ("082/2026 0101", "…"),
        ("2026-11-20 0820000101", "2026-11-20 …"),
    ],
)
def test_a_reason_is_kept_without_numbers_and_with_its_dates(busy_clinic, written, kept):
    entry = audit.note(busy_clinic.demo.admin, busy_clinic.organisation, "exported", reason=written)
    assert entry.reason == kept


def _forms(form=forms.Form):
    for each in form.__subclasses__():
        yield from (each, *_forms(each))


def test_beside_each_reason_that_the_audit_keeps_it_says_to_write_no_name():
    told = {each for each in _forms() if isinstance(each.base_fields.get("reason"), forms.CharField)}
    written = {each: each.base_fields["reason"] for each in told if each.__module__.startswith("optins.")}
    assert len(written) > 4
    for form, field in written.items():
        assert "no name" in str(field.help_text).lower(), form
    for page in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        text = page.read_text()
        assert ('name="reason"' in text) == ("{{ advice }}" in text), page
