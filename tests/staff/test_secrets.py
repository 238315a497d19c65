"""What no page of the admin shows: secrets to anybody, numbers and evidence to a viewer."""

import pytest
from django.urls import reverse

from optins.consent.numbers import masked
from optins.models import ApiKey, Authenticator, Contact, Evidence, OrganisationKey, User
from tests.clinic import THANDI
from tests.signing_in import signed_in
from tests.staff.addresses import address_of, outcome
from tests.staff.expected import LETTERS, LINES

pytestmark = pytest.mark.once


def pages(client, clinic, role):
    """(name, text) of every page that the role may open."""
    for name, line in LINES.items():
        if LETTERS[role] in line.get:
            yield name, outcome(client, "get", address_of(name, clinic.rows))[1].content.decode()


def test_an_owner_opens_every_page_that_anybody_does():
    assert [name for name, line in LINES.items() if line.get and LETTERS["owner"] not in line.get] == []


# Whoever changes and whoever only reads: what a page shows is one or the other.
@pytest.mark.parametrize("role", ["owner", "auditor"])
def test_no_page_shows_a_secret(busy_clinic, role):
    user = User.objects.get(username=role)
    device = Authenticator.objects.create(user=user, name="Authenticator")
    secrets = {
        "hook": busy_clinic.thread.secret,
        "token": busy_clinic.sender.token,
        "api key": ApiKey.objects.get().digest,
        "authenticator": device.secret,
        "password": user.password.split("$")[-1],
        **{f"key {key.use}": key.secret for key in OrganisationKey.objects.all()},
    }
    client = signed_in(user)
    shown = [
        (name, what)
        for name, text in pages(client, busy_clinic, role)
        for what, secret in secrets.items()
        if secret in text
    ]
    assert shown == []


def test_no_page_shows_a_viewer_a_number(busy_clinic):
    viewer = signed_in(User.objects.get(username="viewer"))
    national = THANDI.removeprefix("27")
    shown = []
    for name, text in pages(viewer, busy_clinic, "viewer"):
        plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        shown += [name] if national in plain else []
    assert shown == []


def test_a_viewer_sees_numbers_masked_and_an_auditor_sees_them(busy_clinic):
    asked = Contact.objects.get().organisation.requests.exclude(typed_number="").get()
    page = reverse("admin:optins_consentrequest_change", args=[asked.pk])
    assert masked(f"+{THANDI}") in signed_in(User.objects.get(username="viewer")).get(page).content.decode()
    assert "+27 82 000 0101" in signed_in(User.objects.get(username="auditor")).get(page).content.decode()


def test_a_viewer_sees_the_act_and_not_its_evidence(busy_clinic):
    event = Evidence.objects.order_by("pk")[0].event
    page = reverse("admin:optins_consentevent_change", args=[event.pk])
    for role, sees in (("viewer", False), ("manager", False), ("reviewer", True), ("auditor", True)):
        answer = signed_in(User.objects.get(username=role)).get(page)
        assert answer.status_code == 200
        assert bool(answer.context["inline_admin_formsets"]) is sees


@pytest.mark.parametrize("role", ["manager", "auditor", "viewer"])
def test_who_may_not_change_a_secret_does_not_see_its_field(busy_clinic, role):
    client = signed_in(User.objects.get(username=role))
    page = client.get(reverse("admin:optins_sender_change", args=[busy_clinic.sender.pk]))
    assert "Display name" in page.content.decode()
    assert "Token" not in page.content.decode()
