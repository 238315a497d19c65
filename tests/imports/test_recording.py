"""What a file says is foreseen exactly, and recorded as the one door records everything."""

import hashlib
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, phone
from optins.imports import batches, work
from optins.models import ConsentEvent, ConsentRecord, Contact, Evidence, ImportBatch, ReviewItem, Suppression
from tests.clinic import SIPHO, THANDI
from tests.imports.files import (
    BOTH,
    GIVEN,
    STOPPED,
    approved,
    csv_file,
    many,
    moment,
    problems,
    recorded,
    some,
    uploaded,
    xlsx_file,
)  # fmt: skip

OTHER = GIVEN | {"phone": "+27820000202"}


def test_rows_become_events_of_the_import_with_their_own_time_and_evidence(clinic):
    content = csv_file(GIVEN)
    batch = recorded(clinic, content)
    events = ConsentEvent.objects.order_by("purpose__position")
    assert [e.purpose and e.purpose.key for e in events] == BOTH.split("|")
    event = events[0]
    assert (event.kind, event.actor, event.door, event.proved) == ("given", "import", "import", False)
    assert (event.occurred_at, event.received_at) == (moment(GIVEN["occurred_at"]), batch.uploaded_at)
    assert (event.actor_reference, event.channel, event.language) == (f"import:{batch.pk}", clinic.web, "en")
    proof = Evidence.objects.get(event=event).payload
    assert proof == {
        "file_sha256": hashlib.sha256(content).hexdigest(),
        "line": 2,
        "reference": "form 12",
        "stated_at": GIVEN["occurred_at"],
    }
    assert batch.rows.get().contact == event.contact
    assert (batch.state, batch.file_digest) == ("done", hashlib.sha256(content).hexdigest())


def test_an_imported_yes_opens_the_gate_only_where_no_confirmation_is_required(clinic):
    recorded(clinic, csv_file(GIVEN))
    assert clinic.gate("health-tips")["reason"] == "unconfirmed"
    clinic.organisation.purposes.filter(key="health-tips").update(requires_confirmation=False)
    assert clinic.gate("health-tips")["decision"] == "allow"


def test_the_preview_counts_every_outcome_and_writes_nothing(clinic):
    clinic.write("STOP", person=SIPHO)
    clinic.write(clinic.choose("health-tips"), person="27820000303")
    before = (clinic.events(), clinic.contacts(), clinic.records())
    rows = [
        GIVEN,
        GIVEN | {"evidence": "form 13"},
        OTHER,
        GIVEN | {"phone": "+27820000303", "purposes": "appointment-reminders"},
        GIVEN | {"phone": "12"},
        STOPPED | {"phone": "+27820000404"},
        GIVEN | {"phone": "+27820000404"},
    ]
    batch = uploaded(clinic, csv_file(*rows))
    assert batch.counts == {
        "new": 2, "duplicate": 1, "kept_withdrawn": 2, "changed": 1, "refused": 1, "unchanged": 0,
    }  # fmt: skip
    assert (clinic.events(), clinic.contacts(), clinic.records()) == before
    assert list(problems(batch)) == [6]
    again = recorded(clinic, csv_file(*rows))
    assert again.counts == batch.counts
    assert not again.rows.exclude(foreseen__in=[row.outcome for row in again.rows.all()]).exists()


def test_what_changed_between_preview_and_recording_can_be_told(clinic):
    batch = batches.hand_in(uploaded(clinic, csv_file(GIVEN, OTHER)))
    clinic.write("STOP")
    from tests.imports.staff import reviewer

    batch = batches.approve(batch, reviewer(clinic), timezone.now())
    work.record_for(batch, 1000)
    rows = {row.number: (row.foreseen, row.outcome) for row in batch.rows.all()}
    assert rows == {2: ("new", "kept_withdrawn"), 3: ("new", "new")}


def test_a_stop_beats_every_imported_grant_whatever_its_date(clinic):
    clinic.write("STOP")
    for date in ("2026-01-01", timezone.now().isoformat()):
        batch = recorded(clinic, csv_file(GIVEN | {"occurred_at": date}))
        assert some(batch.counts) == {"kept_withdrawn": 1}
    assert clinic.gate("health-tips")["reason"] == "withdrawn"
    assert batch.rows.get().problem == "They said stop. Only their own message can undo that."


def test_an_older_imported_stop_does_not_undo_a_later_proved_grant(clinic):
    clinic.write(clinic.choose("health-tips"))
    batch = recorded(clinic, csv_file(STOPPED | {"occurred_at": "2026-01-01"}))
    assert some(batch.counts) == {"changed": 1}
    assert batch.rows.get().problem == "Their own later consent stands."
    assert clinic.gate("health-tips")["decision"] == "allow"


def test_a_stop_without_a_date_is_as_new_as_its_file(clinic):
    clinic.write(clinic.choose("health-tips"), at=timezone.now() - timedelta(minutes=1))
    recorded(clinic, b"mobile\n0820000101\n", mapping={"status": "=withdrawn"})
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


def test_a_list_of_numbers_that_said_stop_needs_nothing_else(clinic):
    batch = recorded(clinic, b"Mobile number\n0820000101\n0820000202\n", mapping={"status": "=unsubscribed"})
    assert some(batch.counts) == {"new": 2}
    assert clinic.events() == [("withdrawn", None, False)] * 2


def test_withdrawals_are_recorded_before_the_grants_of_the_same_file(clinic):
    batch = recorded(clinic, csv_file(GIVEN, STOPPED))
    assert some(batch.counts) == {"new": 1, "kept_withdrawn": 1}
    assert clinic.events() == [
        ("withdrawn", None, False),
        *(("given", key, False) for key in BOTH.split("|")),
    ]


def test_the_same_file_again_changes_nothing(clinic):
    rows = [GIVEN, STOPPED | {"phone": "+27820000202"}, OTHER | {"occurred_at": "2026-01-01"}]
    undated = STOPPED | {"phone": "+27820000303", "occurred_at": ""}
    today = STOPPED | {"phone": "+27820000404", "occurred_at": timezone.now().date().isoformat()}
    content = csv_file(*rows, undated, today)
    recorded(clinic, content)
    before = clinic.events()
    for days in (0, 2):
        again = recorded(clinic, content, now=timezone.now() + timedelta(days=days))
        assert some(again.counts) == {"unchanged": 4, "kept_withdrawn": 1}
        assert clinic.events() == before
    assert batches.same_file_before(again)


def test_the_next_list_of_stops_without_dates_is_a_new_stop(clinic):
    recorded(
        clinic, b"phone\n0820000101\n", mapping={"status": "=stop"}, now=timezone.now() - timedelta(days=7)
    )
    clinic.write(clinic.choose("health-tips"))
    assert clinic.gate("health-tips")["decision"] == "allow"
    recorded(clinic, b"phone\n0820000202\n0820000101\n", mapping={"status": "=stop"})
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


@pytest.mark.parametrize("missing", ["purposes", "occurred_at", "evidence"])
def test_a_grant_without_purpose_time_or_proof_is_refused_and_a_stop_is_not(clinic, missing):
    batch = recorded(clinic, csv_file(GIVEN | {missing: ""}, STOPPED | {missing: "", "phone": "0820000202"}))
    assert some(batch.counts) == {"new": 1, "refused": 1}
    assert problems(batch)[2].startswith("Say w")


def test_an_attestation_for_the_whole_file_stands_in_for_references_and_is_kept_as_evidence(clinic):
    recorded(clinic, csv_file(GIVEN | {"evidence": ""}), attestation=" Paper forms of 2026, P. Dlamini ")
    assert Evidence.objects.all()[0].payload["attestation"] == "Paper forms of 2026, P. Dlamini"


def test_one_bad_row_among_many_is_named_and_holds_up_no_other(clinic):
    rows = many(40)
    rows[17] |= {"phone": "2.782E+10"}
    rows[30] |= {"status": "maybe", "occurred_at": "soon"}
    rows[31] |= {"source": "NUL \0 here"}
    rows[32] |= {"evidence": "x" * 501}
    batch = recorded(clinic, csv_file(*rows))
    assert some(batch.counts) == {"new": 36, "refused": 4}
    assert list(problems(batch)) == [19, 32, 33, 34]
    assert problems(batch)[32].count(".") == 3  # both reasons
    assert clinic.contacts() == 36


def test_numbers_that_excel_kept_exactly_are_taken_and_formulas_are_not(clinic):
    phones = [27820000101, 2.7820000202e10, "=27820000000+303"]
    batch = recorded(clinic, xlsx_file(*({**GIVEN, "phone": phone} for phone in phones)))
    assert some(batch.counts) == {"new": 2, "refused": 1}
    assert "formula" in problems(batch)[4]
    assert (
        clinic.gate(phone=f"+{THANDI}")["reason"] == clinic.gate(phone=f"+{SIPHO}")["reason"] == "unconfirmed"
    )


def test_equivalent_numbers_are_one_person(clinic):
    rows = [GIVEN | {"phone": "+5511987654321"}, GIVEN | {"phone": "+551187654321"}]
    assert some(recorded(clinic, csv_file(*rows)).counts) == {"new": 1, "duplicate": 1}
    assert clinic.contacts() == 1


def test_a_suppressed_number_stays_stopped(clinic):
    from optins.consent import digests
    from optins.models import OrganisationKey

    key = OrganisationKey.objects.create(organisation=clinic.organisation, use="suppression")
    Suppression.objects.create(
        organisation=clinic.organisation,
        key=key,
        digest=digests._hmac(key.secret, phone(f"+{THANDI}")[0].text),
        reason="not_me",
    )
    batch = recorded(clinic, csv_file(GIVEN, OTHER))
    assert some(batch.counts) == {"kept_withdrawn": 1, "new": 1}
    assert not batch.rows.exclude(foreseen__in=["kept_withdrawn", "new"]).exists()
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


def test_a_source_that_the_file_names_is_the_placement_it_means(clinic):
    placement = clinic.web.placements.create(code="A7K3", label="Front desk")
    recorded(clinic, csv_file(GIVEN | {"source": "front desk"}, OTHER | {"source": "Fair 2026"}))
    events = ConsentEvent.objects.filter(purpose__key="health-tips").order_by("recorded_at")
    assert [event.placement for event in events] == [placement, None]
    assert [event.evidence.get().payload["source"] for event in events] == ["front desk", "Fair 2026"]


def test_an_act_that_the_ledger_has_by_another_door_is_not_recorded_again(clinic):
    signal = ConsentSignal(
        organisation=clinic.organisation, identifiers=phone(f"+{THANDI}"), kind="given", actor="person",
        door="api", id="1", occurred_at=moment(GIVEN["occurred_at"]), received_at=timezone.now(),
        purposes=tuple(clinic.purposes.values()),
    )  # fmt: skip
    record(signal)
    assert some(recorded(clinic, csv_file(GIVEN)).counts) == {"unchanged": 1}
    assert ConsentEvent.objects.count() == 2


def test_a_row_refused_in_the_preview_stays_refused_even_if_it_could_be_read_since(clinic):
    batch = batches.hand_in(uploaded(clinic, csv_file(GIVEN, OTHER | {"purposes": "newsletter"})))
    clinic.organisation.purposes.create(key="newsletter", titles={"en": "news"}, category="marketing")
    ImportBatch.objects.filter(pk=batch.pk).update(state="approved", decided_by=_second(clinic))
    batch.refresh_from_db()
    work.record_for(batch, 1000)
    assert some(ImportBatch.objects.get().counts) == {"new": 1, "refused": 1}
    assert Contact.objects.count() == 1


def test_a_purpose_that_went_meanwhile_refuses_its_rows_and_no_other(clinic):
    extra = clinic.organisation.purposes.create(key="extra", titles={"en": "extra"}, category="marketing")
    batch = batches.hand_in(uploaded(clinic, csv_file(GIVEN, OTHER | {"purposes": "extra"})))
    extra.delete()
    ImportBatch.objects.filter(pk=batch.pk).update(state="approved", decided_by=_second(clinic))
    batch.refresh_from_db()
    work.record_for(batch, 1000)
    assert {row.number: (row.foreseen, row.outcome) for row in batch.rows.all()} == {
        2: ("new", "new"),
        3: ("new", "refused"),
    }


def _second(clinic):
    from tests.imports.staff import reviewer

    return reviewer(clinic)


def test_records_equal_the_fold_of_what_was_imported(clinic):
    recorded(clinic, csv_file(*many(5), STOPPED, GIVEN))
    assert ConsentRecord.objects.count() == 12
    assert ConsentRecord.objects.filter(grant=None).count() == 2


def test_a_stop_of_somebody_who_may_be_the_same_person_is_foreseen_for_both(clinic):
    recorded(clinic, csv_file(GIVEN, OTHER))
    one, other = Contact.objects.order_by("pk")
    ReviewItem.objects.create(organisation=clinic.organisation, kind="link", contact=one, other=other)
    batch = recorded(clinic, csv_file(STOPPED, OTHER | {"occurred_at": "2026-03-09"}))
    assert some(batch.counts) == {"changed": 1, "kept_withdrawn": 1}
    assert not batch.rows.exclude(foreseen=F("outcome")).exists()


def test_a_row_that_no_database_takes_is_refused_and_holds_up_no_other(clinic):
    batch = approved(clinic, csv_file(*many(3)))
    too_long = "x" * 13
    ImportBatch.objects.update(mapping=batch.mapping | {"language": f"={too_long}"})
    batch.refresh_from_db()
    assert work.record_for(batch, 1000)
    assert some(ImportBatch.objects.get().counts) == {"refused": 3}
