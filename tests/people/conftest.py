"""Fixtures: a person with a story, and somebody of another organisation."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from optins.models import Contact, Membership, Organisation, User
from tests.clinic import BSUID, SIPHO, THANDI
from tests.signing_in import signed_in


@pytest.fixture
def stranger(db):
    """The owner of another organisation."""
    user = User.objects.create_user("stranger")
    other = Organisation.objects.create(slug="other", name="Other", country="KE")
    Membership.objects.create(user=user, organisation=other, role=Membership.Role.OWNER)
    return signed_in(user)


@pytest.fixture
def thandi(clinic):
    """She said yes to both on the page, then stopped everything and kept the reminders."""
    now = timezone.now()
    sentence = clinic.choose(*clinic.purposes, at=now - timedelta(minutes=9), channel=clinic.web)
    clinic.write(sentence, at=now - timedelta(minutes=8))
    clinic.write("STOP", at=now - timedelta(minutes=5))
    clinic.tap_button("Appointment", at=now - timedelta(minutes=1))
    return contact_of(THANDI)


@pytest.fixture
def linked(clinic):
    """Two contacts whose ids one message carried: a number and a BSUID."""
    clinic.write(clinic.choose("health-tips"), person=SIPHO)
    clinic.write(clinic.choose("health-tips"), person="", bsuid=BSUID)
    clinic.write("Hello", person=SIPHO, bsuid=BSUID)
    return contact_of(SIPHO), Contact.objects.get(identifiers__value=BSUID)


def contact_of(digits):
    return Contact.objects.get(identifiers__scheme="phone", identifiers__value=f"+{digits}")


def page_of(contact):
    return reverse("admin:optins_contact_change", args=[contact.pk])


def text_of(response):
    """What a reader sees, roughly: the page without its tags and with single spaces."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(text).replace(" ,", ",").split())
