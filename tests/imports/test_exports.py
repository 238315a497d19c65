"""What is taken out is whole, harmless in a spreadsheet, and says nothing new when it comes back."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from optins.imports import formats
from optins.imports.exports import EXPORTS, exported
from tests.clinic import SIPHO, THANDI
from tests.imports.files import GIVEN, STOPPED, csv_file, recorded, some

pytestmark = pytest.mark.once

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def rows_of(what, clinic, **more):
    dataset = exported(what, clinic.organisation, see_numbers=more.get("see_numbers", True))
    return list(csv.DictReader(io.StringIO(formats.file_of(dataset, xlsx=False).decode())))


@pytest.fixture
def people(clinic):
    """Everything a ledger can hold: proofs, stops, single stops, imports, a stop and a way back."""
    clinic.write(clinic.choose("appointment-reminders", "health-tips"))
    clinic.write("STOP", person=SIPHO)
    three, two, one = (timezone.now() - timedelta(hours=hours) for hours in (3, 2, 1))
    clinic.write(clinic.choose("health-tips", at=three), person="27820000303", at=three)
    clinic.write("STOP", person="27820000303", at=two)
    clinic.write(clinic.choose("health-tips", at=one), person="27820000303", at=one)
    rows = [
        GIVEN | {"phone": "+27820000404", "source": "=HYPERLINK(1)", "evidence": "@form"},
        STOPPED | {"phone": "+27820000404", "purposes": "health-tips"},
        STOPPED | {"phone": "+27820000505", "status": "refused", "occurred_at": "2026-04-01T12:00:00+02:00"},
    ]
    recorded(clinic, csv_file(*rows))
    return clinic


def test_an_export_has_a_row_for_each_person_each_record_and_each_act(people):
    contacts, records, events = (rows_of(what, people) for what in EXPORTS)
    by_phone = {row["wa_id"]: row for row in contacts}
    assert (by_phone[THANDI]["consented"], by_phone[THANDI]["stopped"]) == (
        "appointment-reminders|health-tips",
        "",
    )
    assert by_phone["27820000404"]["stopped"] == "health-tips"
    status = {(row["wa_id"], row["purposes"]): (row["status"], row["proved"]) for row in records}
    assert status[THANDI, "health-tips"] == ("given", "yes")
    assert status[SIPHO, "health-tips"] == ("withdrawn", "yes")
    assert status["27820000303", "health-tips"] == ("given", "yes")
    assert [row["status"] for row in events] == [kind for kind, _, _ in people.events()]
    assert {row["purposes"] for row in events} == {"all", "appointment-reminders", "health-tips"}
    assert [row["evidence"] for row in events if row["evidence"] == "'@form"]


@pytest.mark.parametrize("what", EXPORTS)
@pytest.mark.parametrize("xlsx", [False, True])
def test_no_cell_of_an_export_can_be_taken_for_a_formula(people, what, xlsx):
    content = formats.file_of(exported(what, people.organisation, see_numbers=True), xlsx=xlsx)
    if xlsx:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        texts = [cell.value for cell in cells]
    else:
        texts = [cell for row in csv.reader(io.StringIO(content.decode())) for cell in row]
    assert not [text for text in texts if text.startswith(BEGINNINGS)]
    assert f"'+{THANDI}" in texts
    assert THANDI in texts


@pytest.mark.parametrize("what", ["records", "events"])
@pytest.mark.parametrize("xlsx", [False, True])
def test_an_export_that_is_imported_again_changes_nothing(people, what, xlsx):
    before = people.events()
    records = rows_of("records", people)
    content = formats.file_of(exported(what, people.organisation, see_numbers=True), xlsx=xlsx, mark=True)
    counts = some(recorded(people, content).counts)
    assert set(counts) <= {"unchanged", "kept_withdrawn", "duplicate"}
    assert people.events() == before
    assert rows_of("records", people) == records


def test_an_exported_ledger_is_the_same_in_another_organisation_but_for_the_proofs(people):
    content = formats.file_of(exported("events", people.organisation, see_numbers=True), xlsx=False)
    from tests.imports.staff import moved

    other = moved(people)
    counts = some(recorded(other, content).counts)
    assert "refused" not in counts
    here, there = rows_of("records", people), rows_of("records", other)
    stopped = {(row["phone"], row["purposes"]) for row in here if row["status"] != "given"}
    assert stopped <= {(row["phone"], row["purposes"]) for row in there if row["status"] != "given"}


def test_whoever_may_not_see_numbers_gets_none(people):
    for what in EXPORTS:
        text = str(rows_of(what, people, see_numbers=False))
        assert THANDI not in text
        assert SIPHO[2:] not in text
        assert f"{THANDI[-2:]}'" in text


def test_an_export_asks_the_database_a_constant_number_of_times(people, django_assert_max_num_queries):
    from tests.imports.files import many

    recorded(people, csv_file(*many(30)))
    for what in EXPORTS:
        with django_assert_max_num_queries(8):
            exported(what, people.organisation, see_numbers=True)


def test_an_export_holds_one_organisation_alone(people):
    from tests.imports.staff import moved

    other = moved(people)
    assert [rows_of(what, other) for what in EXPORTS] == [[], [], []]
