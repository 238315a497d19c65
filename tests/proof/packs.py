"""Whose pack it is; packs unzipped, and checked: here, and by a Python that knows nothing of the project."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from optins.admin.withdrawal import withdraw
from optins.consent import evidence_pack, sealing
from optins.consent.evidence_pack import verify
from tests.clinic import SIPHO
from tests.proof.people import agree, contact_of

REMINDERS, TIPS = "appointment-reminders", "health-tips"


@pytest.fixture
def thandi(clinic):
    """She said yes to both, stopped, and kept the reminders; staff wrote down that she stopped these too."""
    agree(clinic, *clinic.purposes, ago=30)
    sealing.seal(clinic.organisation, timezone.now())
    agree(clinic, TIPS, person=SIPHO, ago=25)
    sealing.seal(clinic.organisation, timezone.now())
    clinic.write("STOP", at=timezone.now() - timedelta(minutes=20))
    clinic.tap_button("Appointment", at=timezone.now() - timedelta(minutes=10))
    staff_stop(contact_of(), clinic)
    return contact_of()


def staff_stop(contact, clinic):
    owner = clinic.organisation.memberships.get(user__username="owner").user
    said = "Her sister Zodwa phoned."
    withdraw(contact, owner, (clinic.purposes[REMINDERS],), said, form_id="f1", now=timezone.now())


def asked(organisation, **more):
    return evidence_pack.Asked(organisation, timezone.now(), **more)


def unzipped(data, folder):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def pack_of(contact, folder, **more):
    return unzipped(evidence_pack.pack(contact, asked(contact.organisation, **more)), folder)


def refused(folder, *keys):
    return verify.check(folder, keys).wrong


def run_alone(folder, *arguments):
    """``python verify.py`` as a stranger runs it: isolated, elsewhere, nothing of the project in reach."""
    words = [sys.executable, "-I", "verify.py", *arguments]
    return subprocess.run(
        words, cwd=folder, env={"PATH": os.defpath}, capture_output=True, text=True, check=False
    )


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
