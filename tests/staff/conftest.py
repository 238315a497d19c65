"""Fixtures: the clinic with something in every table, and its staff, one for each role, signed in."""

import hashlib

import pytest
import time_machine
from django.contrib import admin
from django.utils import timezone

from optins import audit
from optins.consent import rights, sealing
from optins.models import (
    CaptureChannel,
    Contact,
    Device,
    HeadExport,
    ImportBatch,
    ImportRow,
    LegalHold,
    Membership,
    NoticeVersion,
    OptOutRegistry,
    Organisation,
    Placement,
    ReviewItem,
    SenderContact,
    Suppression,
    User,
)

ROLES = [str(role) for role in Membership.Role]


@pytest.fixture
def busy_clinic(clinic):
    """A person in the ledger, and one row of whatever else the screens show."""
    clinic.write(clinic.choose("health-tips"))
    clinic.write(clinic.choose("health-tips", number="082 000 0101"))
    clinic.write("STOP")
    person, organisation = Contact.objects.get(), clinic.organisation
    draft = NoticeVersion.objects.create(notice=clinic.web.notice, number=2)
    ReviewItem.objects.create(organisation=organisation, kind=ReviewItem.Kind.UNSURE, contact=person)
    _suppress(organisation)
    Placement.objects.create(channel=clinic.tap, code="POSTER1", label="Poster in the hall")
    SenderContact.objects.update(parked_at=timezone.now())
    batch = ImportBatch.objects.create(
        organisation=organisation,
        channel=clinic.web,
        file_name="list.csv",
        file_digest=hashlib.sha256(b"").hexdigest(),
        attestation="On paper.",
        uploaded_by=User.objects.get(username="manager"),
    )
    ImportRow.objects.create(batch=batch, number=2, outcome=ImportRow.Outcome.NEW, contact=person)
    rights.file(person, "access", "staff", now=timezone.now())
    LegalHold.objects.create(
        organisation=organisation,
        contact=person,
        reason="Case 14/2026",
        placed_by=User.objects.get(username="reviewer"),
        placed_at=timezone.now(),
    )
    Device.objects.create(organisation=organisation, user=User.objects.get(username="agent"), name="Tablet")
    audit.note(clinic.demo.admin, organisation, "viewed", person)
    seal = sealing.seal(organisation, timezone.now())
    HeadExport.objects.create(seal=seal, target="file", next_attempt_at=timezone.now())
    clinic.rows = {model: model._default_manager.first() for model in admin.site._registry}
    clinic.rows |= {User: User.objects.get(username="viewer"), NoticeVersion: draft}
    clinic.rows[CaptureChannel] = clinic.web  # of a kind that has a preview
    clinic.rows[Membership] = Membership.objects.get(user__username="viewer")
    return clinic


def _suppress(organisation):
    key = organisation.keys.create(use="suppression")
    Suppression.objects.create(organisation=organisation, key=key, digest="0" * 64, reason="not_me")
    listed = {"listed_on": timezone.localdate(), "uploaded_at": timezone.now()}
    OptOutRegistry.objects.create(organisation=organisation, name="Opt-out list", **listed)


@pytest.fixture
def elsewhere(db):
    """Another organisation, with nothing in it."""
    return Organisation.objects.create(slug="elsewhere", name="Elsewhere", country="KE")


@pytest.fixture
def member(db):
    """Makes a member of staff: ``member("viewer", clinic.organisation)``; a user may be in several."""

    def make(role, organisation, user=None, **values):
        user = user or User.objects.create_user(f"{role}-of-{organisation.slug}", **values)
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def time_machine_at():
    """The clock, which a test may move on: ``time_machine_at.shift(60)``."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller
