"""An erasure leaves what a legal hold on somebody else keeps, and takes it when the hold is released."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from optins import erasing, retention
from optins.consent import rights
from optins.consent.verification import Finding, verify
from optins.models import (
    ConsentRequest,
    DataSubjectRequest,
    DeskCapture,
    Evidence,
    EvidenceFile,
    HeldBack,
    ImportBatch,
    InboundDelivery,
)
from tests.clinic import SIPHO, THANDI
from tests.desk.conftest import JPEG, Agent
from tests.imports.files import STOPPED, csv_file, recorded
from tests.people.conftest import text_of
from tests.rights.conftest import erase, hold, person, told
from tests.rights.searching import places_of


@pytest.fixture
def two(clinic):
    """Thandi, and Sipho, on whom a hold lies."""
    clinic.write(clinic.choose("health-tips"))
    clinic.write(clinic.choose("health-tips"), person=SIPHO)
    return person(), person(SIPHO), hold(person(SIPHO))


def release(matter):
    """The hold is over, and the hourly job comes."""
    now = timezone.now()
    type(matter).objects.filter(pk=matter.pk).update(released_at=now)
    retention.remove_outdated(now)


def problems():
    return [each for each in verify(now=timezone.now()) if isinstance(each, Finding) and each.is_problem]


def evidence_of_others(clinic):
    body = {"phone": f"+{SIPHO}", "channel": "riverside-web", "action": "withdraw", "purposes": "all"}
    clinic.api("consents", body | {"evidence": {"note": f"told by his wife, +{THANDI}"}})


def message_of_others(clinic):
    clinic.write(f"Please write to my friend +{THANDI}", person=SIPHO)


def answer_to_a_code_for_her(clinic):
    clinic.write(clinic.choose("health-tips", number=f"+{THANDI}"), person=SIPHO)
    clinic.tap_button("No", person=SIPHO)


def line_in_a_file(clinic):
    recorded(clinic, csv_file(STOPPED | {"phone": f"+{THANDI}"}, STOPPED | {"phone": f"+{SIPHO}"}))


WAYS = {
    evidence_of_others: ("optins_evidence.payload", "1 piece of evidence"),
    message_of_others: ("optins_inbounddelivery.body", "1 message"),
    answer_to_a_code_for_her: ("optins_consentrequest.typed_number", "1 request"),
    line_in_a_file: ("optins_importbatch.content", "1 imported file"),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_about_somebody_held_stays_until_the_release_and_goes_then(clinic, staff, two, way):
    thandi, _sipho, matter = two
    way(clinic)
    place, words = WAYS[way]
    erase(thandi)
    row = rights.file(thandi, "erase", "staff", now=timezone.now())
    DataSubjectRequest.objects.update(state="approved", identity_check="known")
    told()
    assert erasing.finish_all() == 0
    assert places_of(THANDI) == {place}
    page = text_of(staff("reviewer").get(reverse("admin:optins_datasubjectrequest_change", args=[row.pk])))
    assert f"Left until then: {words} of people on whom a legal hold lies." in page
    page = text_of(staff("reviewer").get(reverse("admin:optins_legalhold_change", args=[matter.pk])))
    assert "1 thing now." in page
    retention.remove_outdated(timezone.now() + timedelta(days=60))
    assert places_of(THANDI) == {place}
    assert problems() == []
    release(matter)
    assert places_of(THANDI) == set()
    assert problems() == []
    assert erasing.finish_all() == 1
    row.refresh_from_db()
    assert (row.state, HeldBack.objects.count()) == ("done", 0)


def test_what_is_her_own_goes_at_once_though_somebody_else_is_held(clinic, two):
    thandi, sipho, _matter = two
    before = Evidence.objects.filter(event__contact=sipho).count()
    erase(thandi)
    told()
    assert erasing.finish_all() == 1
    assert places_of(THANDI) == set()
    assert not Evidence.objects.filter(event__contact=thandi).exclude(event__kind="erased").exists()
    assert Evidence.objects.filter(event__contact=sipho).count() == before
    assert not HeldBack.objects.exists()


def test_a_photo_that_somebody_held_answered_too_stays_until_the_release(clinic, two):
    thandi, _sipho, matter = two
    code = Agent(clinic).capture("health-tips", file=SimpleUploadedFile("a", JPEG), noted="Reception")
    clinic.write(f"{code} No", person=SIPHO)
    clinic.write(f"{code} No")
    erase(thandi)
    assert EvidenceFile.objects.exists()
    assert DeskCapture.objects.exclude(noted={}).exists()
    release(matter)
    assert not EvidenceFile.objects.exists()
    assert not DeskCapture.objects.exclude(noted={}).exists()
    assert problems() == []


def test_a_message_of_somebody_held_that_names_her_after_her_erasure_stays_and_goes_with_the_hold(
    clinic, two, time_machine
):
    thandi, _sipho, matter = two
    erase(thandi)
    time_machine.move_to(timezone.now() + timedelta(seconds=5))
    message_of_others(clinic)
    assert any(THANDI.encode() in bytes(row.body) for row in InboundDelivery.objects.all())
    release(matter)
    assert places_of(THANDI) == set()


def test_a_code_that_was_made_for_her_number_is_good_for_nobody_while_it_is_kept(clinic, two):
    thandi, _sipho, _matter = two
    answer_to_a_code_for_her(clinic)
    erase(thandi)
    request = ConsentRequest.objects.get(typed_number=f"+{THANDI}")
    assert request.expires_at == thandi.erased_at


def test_of_a_file_that_was_left_nothing_is_kept_that_could_name_anybody(clinic, two):
    thandi, _sipho, matter = two
    line_in_a_file(clinic)
    ImportBatch.objects.update(attestation="With 082 000 0101.", file_name="27820000101.csv")
    erase(thandi)
    assert ImportBatch.objects.get().attestation == "With 082 000 0101."
    release(matter)
    batch = ImportBatch.objects.get()
    assert (bytes(batch.content), batch.attestation, batch.file_name) == (b"", "With ….", "….csv")
