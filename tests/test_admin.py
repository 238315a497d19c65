"""The bare admin: every screen opens, shows one's own organisations only, and leaves the ledger alone."""

import pytest
from django.contrib import admin
from django.urls import reverse

from optins.models import (
    ApiKey,
    AuditEntry,
    ConsentEvent,
    ConsentRecord,
    Contact,
    DataSubjectRequest,
    Device,
    ImportBatch,
    LegalHold,
    Membership,
    OptOutRegistry,
    Organisation,
    Placement,
    ReviewItem,
    Seal,
    Sender,
    Suppression,
    User,
)
from tests.signing_in import signed_in

pytestmark = pytest.mark.once

SCREENS = sorted(admin.site._registry, key=lambda model: model.__name__)
# Nothing of these comes to be on the main path; tests/staff/test_matrix.py opens them.
NOT_ON_THE_MAIN_PATH = (
    DataSubjectRequest,
    Device,
    ImportBatch,
    LegalHold,
    OptOutRegistry,
    Placement,
    ReviewItem,
    Seal,
    Suppression,
)
READ_ONLY = (Contact, ConsentEvent, ConsentRecord)


@pytest.fixture
def staff(clinic):
    """The clinic's owner, signed in, with a person in the ledger to look at."""
    clinic.write(clinic.choose("health-tips"))
    clinic.write("STOP")
    return signed_in(clinic.demo.admin)


@pytest.fixture
def stranger(db):
    """The owner of another organisation, with every permission."""
    user = User.objects.create_superuser("stranger")
    other = Organisation.objects.create(slug="other", name="Other", country="KE")
    Membership.objects.create(user=user, organisation=other, role=Membership.Role.OWNER)
    return signed_in(user)


def address(model, page="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def test_every_screen_opens_under_the_strict_policy(staff):
    answers = {model: staff.get(address(model)) for model in SCREENS}
    assert {model for model, answer in answers.items() if answer.status_code != 200} == set()
    policies = {answer.headers["Content-Security-Policy"] for answer in answers.values()}
    assert all("default-src 'self'" in policy and "unsafe" not in policy for policy in policies)


def test_every_row_opens_for_its_own_organisation_and_for_no_other(staff, stranger, clinic):
    mine = {model: model._default_manager for model in SCREENS if model is not User}
    rows = {model: rows.visible_to(clinic.demo.admin).first() for model, rows in mine.items()}
    rows[User] = clinic.demo.admin
    assert {model for model, row in rows.items() if row is None} <= set(NOT_ON_THE_MAIN_PATH)
    addresses = [address(model, "change", row.pk) for model, row in rows.items() if row]
    # Django sends whoever may not see a row back to the start, as if it did not exist.
    opened = {path: (staff.get(path).status_code, stranger.get(path).status_code) for path in addresses}
    assert opened == dict.fromkeys(addresses, (200, 302))


def test_no_list_shows_another_organisations_rows(staff, stranger):
    own = {User: 1, Membership: 1, Organisation: 1, AuditEntry: 1}
    for model in SCREENS:
        rows = stranger.get(address(model)).context["cl"].queryset
        assert not [row for row in rows if "iverside" in str(row) or str(row) == "admin"]
        assert (model, rows.count()) == (model, own.get(model, 0))


def test_the_ledger_can_be_read_and_not_changed(staff):
    for model in READ_ONLY:
        row = model._default_manager.first()
        answers = (
            staff.post(address(model, "change", row.pk), {}),
            staff.get(address(model, "add")),
            staff.post(address(model, "delete", row.pk), {"post": "yes"}),
        )
        assert (model, [answer.status_code for answer in answers]) == (model, [403] * 3)


def test_a_secret_is_never_shown_again_and_an_empty_field_keeps_it(staff, clinic):
    page = staff.get(address(Sender, "change", clinic.sender.pk)).content.decode()
    assert clinic.sender.token not in page
    fields = {
        "organisation": clinic.organisation.pk,
        "slug": "riverside",
        "platform": "turn",
        "medium": "whatsapp",
    }
    fields |= {"number": "+27820000900", "display_name": "New name", "is_active": "on", "token": ""}
    staff.post(address(Sender, "change", clinic.sender.pk), fields)
    saved = Sender.objects.get(pk=clinic.sender.pk)
    assert (saved.display_name, saved.token) == ("New name", clinic.sender.token)


def test_a_new_api_key_is_shown_once_and_works(staff, clinic):
    fields = {"organisation": clinic.organisation.pk, "name": "CRM", "scopes": '["gate"]'}
    answer = staff.post(address(ApiKey, "add"), fields, follow=True).content.decode()
    shown = answer.split("it is not shown again: ")[1].split("<")[0].strip()
    assert ApiKey.objects.get(digest=ApiKey.digest_of(shown)).name == "CRM"
    assert shown not in staff.get(address(ApiKey)).content.decode()


def test_whoever_makes_an_organisation_owns_it(staff):
    fields = {"slug": "new", "name": "New", "country": "KE", "time_zone": "UTC", "languages": '["en"]'}
    staff.post(
        address(Organisation, "add"),
        fields | {"brand_colour": "#155e63", "ip_policy": "none", "ip_kept_days": "90"},
    )
    assert Membership.objects.get(organisation__slug="new").user.username == "admin"
