"""South Africa's Form 4: filled in on a page, signed by a message, kept, printed and forgotten."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from optins import erasing, retention
from optins.consent import prescribed_forms
from optins.models import ConsentRequest, Evidence
from tests.clinic import SIPHO
from tests.people.conftest import text_of
from tests.proof.people import contact_of
from tests.rights.searching import cells

pytestmark = pytest.mark.once

TIPS = "health-tips"
NAME = "Thandeka  Mokoena-Ferreira"


@pytest.fixture
def form(clinic):
    clinic.organisation.contact_person = "Nomsa Dlamini, information officer"
    clinic.organisation.save()
    return f"/c/{clinic.tap.slug}/form/"


def posted(clinic, form, **values):
    """The form as it was rendered a minute ago, with these values."""
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        page = clinic.client.get(form).content.decode()
    (token,) = re.findall(r'name="token" value="([^"]+)"', page)
    return clinic.client.post(form, {"token": token, **values})


def signed(clinic, form, **more):
    """Filled in, and its sentence sent from a telephone."""
    answer = posted(clinic, form, name=NAME, purposes=[TIPS])
    (text,) = re.findall(r'"https://wa\.me/\d+\?text=([^"]+)"', answer.content.decode())
    clinic.write(unquote(text), **more)


def test_the_form_says_what_the_law_asks_for_and_is_offered_for_marketing_in_south_africa_alone(clinic, form):
    page = clinic.client.get(form, {"lang": "en"})
    for words in (
        "section 69(2) of the Protection of Personal Information Act",
        "Riverside Community Clinic NPC",
        "12 River Street, Cape Town",
        "Person designated to sign for them: Nomsa Dlamini, information officer",
        "Yes, Riverside Clinic may send me health tips on WhatsApp.",
        "I am 18 or older.",
        "Method of communication WhatsApp messages from",
        "You can withdraw your consent at any time.",
    ):
        assert words in text_of(page), words
    assert "appointment reminders" not in text_of(page)
    assert " checked>" not in page.content.decode()
    assert "Ifomu 4" in text_of(clinic.client.get(form, {"lang": "zu"}))
    before = ConsentRequest.objects.count()
    answer = posted(clinic, form, name=" ")
    assert answer.status_code == 422
    assert "Write your full names and surname." in text_of(answer)
    assert "Tick at least one box" in text_of(answer)
    assert ConsentRequest.objects.count() == before
    clinic.organisation.country = "DE"
    clinic.organisation.save()
    assert clinic.client.get(form).status_code == 404
    clinic.tap.notice.countries = ["ZA"]
    clinic.tap.notice.save()
    assert clinic.client.get(form).status_code == 200
    clinic.tap.purposes.remove(clinic.purposes[TIPS])
    assert clinic.client.get(form).status_code == 404


def test_what_was_filled_in_and_shown_is_evidence_once_its_message_is_sent(clinic, form):
    signed(clinic, form)
    assert clinic.events() == [("given", TIPS, True)]
    shown = Evidence.objects.get(part="shown").payload
    said = shown["form"]
    assert (said["form"], said["version"], said["name"]) == ("ZA_FORM_4", "1", "Thandeka Mokoena-Ferreira")
    assert said["designated_person"] == "Nomsa Dlamini, information officer"
    assert said["goods_or_services"] == [
        "Yes, Riverside Clinic may send me health tips on WhatsApp. I am 18 or older."
    ]
    assert said["means_of_communication"].startswith("WhatsApp messages from Riverside Clinic +27")
    assert shown["page"] == said["words_sha256"]
    assert shown["said_to_be_at_least"] == 18
    # A change of any word that was shown is another form.
    sheet = prescribed_forms.sheet(
        clinic.tap, "ZA_FORM_4", clinic.tap.notice.published().translations.get(language="en")
    )
    assert sheet.digest == said["words_sha256"]
    sheet.organisation.postal_address = "Elsewhere"
    assert sheet.digest != said["words_sha256"]


def test_the_name_goes_with_the_erasure_also_where_somebody_else_sent_the_same_code(clinic, form):
    answer = posted(clinic, form, name=NAME, purposes=[TIPS])
    (text,) = re.findall(r'"https://wa\.me/\d+\?text=([^"]+)"', answer.content.decode())
    for person in ("27820000101", SIPHO):
        clinic.write(unquote(text), person=person)
    assert [where for where, cell in cells() if b"Mokoena" in cell]
    thandi = contact_of()
    erasing.erase(thandi, erasing.by_staff(clinic.demo.admin), now=timezone.now())
    assert [where for where, cell in cells() if b"Mokoena" in cell] == []


def test_a_form_that_nobody_signed_is_forgotten_with_the_typed_numbers(clinic, form):
    posted(clinic, form, name=NAME, purposes=[TIPS])
    retention.remove_outdated(timezone.now() + timedelta(days=36))
    assert ConsentRequest.objects.exclude(filled_in={}).exists()
    retention.remove_outdated(timezone.now() + timedelta(days=38))
    assert not ConsentRequest.objects.exclude(filled_in={}).exists()
    assert ConsentRequest.objects.exists()


def test_staff_print_it_and_find_its_address_on_the_page_of_the_channel(clinic, form, staff):
    viewer, page = staff("viewer"), reverse("admin:optins_capturechannel_form", args=[clinic.tap.pk])
    channel = viewer.get(reverse("admin:optins_capturechannel_change", args=[clinic.tap.pk])).content.decode()
    assert page in channel
    assert f"http://testserver{form}" in channel
    printed = text_of(viewer.get(page, {"lang": "zu"}))
    for words in ("Ifomu 4", "Isiginesha yomninilwazi", "Nomsa Dlamini", "the gazetted text was not opened"):
        assert words in printed, words
    assert viewer.get(reverse("admin:optins_capturechannel_form", args=[clinic.thread.pk])).status_code == 404
