"""The photo of a form: shown to few, gone with the evidence, and in the pack."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from optins import erasing, retention
from optins.consent import erasure
from optins.consent.verification import verify
from optins.consent.verification.findings import Finding
from optins.models import (
    AuditEntry,
    ConsentEvent,
    Contact,
    DeskCapture,
    Evidence,
    EvidenceFile,
)
from tests.clinic import SIPHO, THANDI
from tests.desk.conftest import JPEG
from tests.proof.packs import pack_of, refused
from tests.signing_in import signed_in

BOTH = ("appointment-reminders", "health-tips")


def test_the_photo_is_shown_to_who_may_see_evidence_and_goes_with_it(clinic, agent, time_machine):
    form = SimpleUploadedFile("a.pdf", b"%PDF-1.7 signed")
    code = agent.capture("health-tips", number="082 000 0101", file=form)
    clinic.write(code)
    event = ConsentEvent.objects.get(proved=True)
    address = reverse("admin:optins_consentevent_file", args=[event.pk])
    answer = signed_in("auditor").get(address)
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 signed", "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert AuditEntry.objects.filter(object_type="evidencefile", action="viewed").exists()
    person = reverse("admin:optins_contact_change", args=[event.contact_id])
    assert address in signed_in("reviewer").get(person).content.decode()
    assert address not in signed_in("viewer").get(person).content.decode()
    for role in ("viewer", "manager", "agent"):
        assert signed_in(role).get(address).status_code == 403
    other = ConsentEvent.objects.get(proved=False)
    assert signed_in("owner").get(reverse("admin:optins_consentevent_file", args=[other.pk])).content
    # Long after, it is there as long as evidence names it; nothing of the desk's own notes is.
    time_machine.move_to(clinic.now() + timedelta(days=60))
    retention.remove_outdated(clinic.now())
    assert EvidenceFile.objects.exists()
    assert DeskCapture.objects.get().noted == {}
    Evidence.objects.filter(part="act").delete()
    assert signed_in("auditor").get(address).status_code == 404
    retention.remove_outdated(clinic.now())
    assert not EvidenceFile.objects.exists()


def test_a_person_who_is_erased_takes_photo_and_notes_along_and_nobody_elses(clinic, agent):
    for number, person in {"": SIPHO, "082 000 0101": THANDI}.items():
        clinic.write(
            agent.capture("health-tips", number=number, file=SimpleUploadedFile("a", JPEG)), person=person
        )
    agent.capture("health-tips", number="082 000 0303", file=SimpleUploadedFile("a", JPEG))
    by = erasure.By(actor="system", door="admin")
    for left, person in ((2, SIPHO), (1, THANDI)):
        contact = Contact.objects.get(identifiers__value=f"+{person}")
        erasing.erase(contact, by, now=clinic.now())
        assert EvidenceFile.objects.count() == left
        assert DeskCapture.objects.exclude(noted={}).count() == left


@pytest.mark.once
def test_the_photo_is_in_the_evidence_pack_and_cannot_be_another(clinic, agent, tmp_path):
    form = SimpleUploadedFile("a", JPEG)
    clinic.write(agent.capture(*BOTH, number="082 000 0101", file=form))
    contact, file = Contact.objects.get(), EvidenceFile.objects.get()
    folder = pack_of(contact, tmp_path / "whole")
    assert refused(folder) == []
    photo = folder / "forms" / f"{file.digest}.jpeg"
    assert photo.read_bytes() == bytes(file.content)
    photo.write_bytes(JPEG + b"!")
    assert refused(folder)
    EvidenceFile.objects.update(content=JPEG + b"!")
    assert "another form" in str(refused(pack_of(contact, tmp_path / "changed")))
    EvidenceFile.objects.all().delete()
    assert refused(pack_of(contact, tmp_path / "gone")) == []


def test_the_photo_is_found_by_whoever_answered_a_question_about_it_too(clinic, agent, tmp_path):
    clinic.write(f"{agent.capture(*BOTH, file=SimpleUploadedFile('a', JPEG))} what is this please tell me")
    clinic.tap_button("Yes")
    event = ConsentEvent.objects.exclude(request__parent=None).get(purpose__key="health-tips")
    assert [each for each in verify(now=clinic.now()) if isinstance(each, Finding)] == []
    folder = pack_of(event.contact, tmp_path / "pack")
    photo = bytes(EvidenceFile.objects.get().content)
    assert [path.read_bytes() for path in (folder / "forms").iterdir()] == [photo]
    assert refused(folder) == []
    address = reverse("admin:optins_consentevent_file", args=[event.pk])
    assert signed_in("auditor").get(address).content == photo


def test_a_photo_that_was_exchanged_or_removed_is_named_when_the_ledger_is_verified(clinic, agent):
    clinic.write(agent.capture("health-tips", number="082 000 0101", file=SimpleUploadedFile("a", JPEG)))
    event = ConsentEvent.objects.get(proved=True)

    def findings():
        found = [each for each in verify(now=clinic.now()) if isinstance(each, Finding)]
        return {str(each.kind) for each in found if each.id == f"{event.pk}/file"}

    assert findings() == set()
    EvidenceFile.objects.update(content=JPEG + b"another")
    assert findings() == {"evidence_changed"}
    EvidenceFile.objects.all().delete()
    assert findings() == {"evidence_removed"}
