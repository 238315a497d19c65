"""Evidence goes by a rule, which leaves a record that the database alone cannot make, or it is found."""

import os
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from optins import erasing, retention
from optins.consent import in_parts, removals, sealing
from optins.consent.verification import Finding, verify
from optins.models import AuditEntry, Evidence, EvidenceFile, EvidenceRemoval, Organisation
from tests.clinic import SIPHO, THANDI
from tests.consenting import done
from tests.desk.conftest import JPEG, Agent
from tests.proof.tampering import let_in
from tests.rights.conftest import STAFF, person
from tests.signals import NOW, no, record_all, word, yes

NIGERIAN = "2348031234567"
FRONT_DESK = {"page": "/join"}


def found(*, notes=False, now=NOW):
    results = [each for each in verify(now=now) if isinstance(each, Finding)]
    return [(str(each.kind), each.id) for each in results if each.is_problem or notes]


@pytest.fixture
def two(clinic):
    """Thandi and Sipho, and a piece of evidence of hers, as a finding names it."""
    record_all(clinic, yes("a", digits=THANDI), word("b", 1, digits=SIPHO))
    piece = Evidence.objects.filter(event__contact=person()).first()
    return piece, f"{piece.event_id}/{piece.part}"


def test_evidence_that_is_removed_past_our_code_is_found_whatever_settings_and_audit_say(clinic, two):
    piece, name = two
    Evidence.objects.filter(pk=piece.pk).delete()
    assert found() == [("evidence_removed", name)]
    Organisation.objects.update(evidence_kept_days=0, ip_kept_days=0, country="NG")
    AuditEntry.objects.create(
        organisation=clinic.organisation,
        action="changed",
        object_type="organisation",
        detail={"fields": ["Days that evidence is kept"]},
    )
    assert found(now=NOW + timedelta(days=4000)) == [("evidence_removed", name)]


def test_a_record_of_the_removal_made_copied_or_changed_without_our_key_excuses_nothing(clinic, two):
    piece, name = two
    theirs = Evidence.objects.exclude(event=piece.event).first()
    removals.remove(Evidence.objects.filter(pk=theirs.pk), removals.Reason.TIME, NOW)
    assert found() == []
    genuine = EvidenceRemoval.objects.get()
    Evidence.objects.filter(pk=piece.pk).delete()
    for mac in ("", genuine.mac, f"test:{os.urandom(32).hex()}", "other:00", "é"):
        with transaction.atomic():
            EvidenceRemoval.objects.create(
                event=piece.event, part=piece.part, reason="time", removed_at=NOW, mac=mac
            )
            assert sorted(found()) == [("evidence_removed", name), ("removal_changed", name)]
            transaction.set_rollback(True)
    let_in()
    EvidenceRemoval.objects.update(reason="erased")
    assert ("removal_changed", f"{theirs.event_id}/{theirs.part}") in found()


def test_a_record_of_a_removal_stays_and_what_is_put_back_is_found(clinic, two):
    piece, name = two
    removals.remove(Evidence.objects.filter(pk=piece.pk), removals.Reason.TIME, NOW)
    for act in (EvidenceRemoval.objects.all()._raw_delete, lambda _: EvidenceRemoval.objects.update(part="")):
        with pytest.raises(IntegrityError), transaction.atomic():
            act("default")
    assert found(notes=True) == [("evidence_gone", name)]
    Evidence.objects.bulk_create([piece])
    assert found() == [("evidence_inserted", name)]


def test_what_went_by_time_verifies_for_ever_whatever_country_or_setting_comes_later(clinic):
    record_all(clinic, yes("ng", digits=NIGERIAN), no("ng/no", 1, digits=NIGERIAN))
    sealing.seal(clinic.organisation, NOW)
    later = NOW + timedelta(days=200)
    retention.remove_outdated(later)
    assert {kind for kind, _id in found(notes=True)} == {"evidence_gone"}
    Organisation.objects.update(country="DE", evidence_kept_days=4000, rule_overlay={})
    assert found(now=later) == []
    assert set(EvidenceRemoval.objects.values_list("reason", "removed_at")) == {("time", later)}


@pytest.mark.parametrize("evidence_kept_days", [None, 30])
def test_what_went_with_somebody_who_was_erased_verifies_for_ever(clinic, evidence_kept_days):
    """Sipho's evidence names her. Long after, all that is due by time has gone as well."""
    Organisation.objects.update(evidence_kept_days=evidence_kept_days)
    record_all(clinic, yes("ng", digits=NIGERIAN))
    said = {"evidence": FRONT_DESK | {"note": f"told by his wife, +{NIGERIAN}"}}
    done(clinic, {"phone": f"+{SIPHO}", "action": "withdraw"} | said)
    now = timezone.now()
    erasing.erase(person(NIGERIAN), STAFF, now=now)
    assert sorted(EvidenceRemoval.objects.values_list("reason", flat=True).distinct()) == ["erased", "named"]
    for days in (0, 31, 215, 366 * 6):
        retention.remove_outdated(now + timedelta(days=days))
        assert found(now=now + timedelta(days=days)) == []


def test_a_photo_that_evidence_names_may_go_with_the_person_alone(clinic):
    clinic.write(
        Agent(clinic).capture("health-tips", number="082 000 0101", file=SimpleUploadedFile("a", JPEG))
    )
    with transaction.atomic():
        EvidenceFile.objects.all().delete()
        assert {kind for kind, _id in found()} == {"evidence_removed"}
        assert {name.partition("/")[2] for _kind, name in found()} == {"file"}
        transaction.set_rollback(True)
    with transaction.atomic():
        removals.remove_photos(EvidenceFile.objects.all(), removals.Reason.ERASED, timezone.now())
        assert found() == []
        transaction.set_rollback(True)
    erasing.erase(person(), STAFF, now=timezone.now())
    assert not EvidenceFile.objects.exists()
    assert found() == []


def statements(rows):
    """How many it takes to remove these."""
    with CaptureQueriesContext(connection) as sent:
        removals.remove(rows, removals.Reason.TIME, NOW)
    return len(sent)


def test_removals_are_on_record_a_few_hundred_at_a_time_and_once(clinic, monkeypatch):
    monkeypatch.setattr(in_parts, "_AT_ONCE", 3)
    record_all(clinic, *(yes(str(number), digits=f"23480312340{number:02}") for number in range(3)))
    record_all(clinic, *(no(f"{number}/no", 1, digits=f"23480312340{number:02}") for number in range(3)))
    count = Evidence.objects.count()
    again, *others = Evidence.objects.order_by("pk")
    with transaction.atomic():
        assert statements(Evidence.objects.filter(pk=again.pk)) == statements(Evidence.objects.all())
        assert EvidenceRemoval.objects.count() == len(others) + 1
        transaction.set_rollback(True)
    retention.remove_outdated(NOW + timedelta(days=200))
    assert (Evidence.objects.count(), EvidenceRemoval.objects.count()) == (0, count)
    Evidence.objects.bulk_create([again])
    removals.remove(Evidence.objects.all(), removals.Reason.TIME, NOW)  # by a second process, at once
    assert (Evidence.objects.count(), EvidenceRemoval.objects.count()) == (0, count)
    assert found() == []
