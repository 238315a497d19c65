"""The two commands: what they print, and that the operator answers for what they record."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from optins.imports.tasks import forget_files
from optins.models import ImportBatch, ImportRow
from tests.clinic import THANDI
from tests.imports.files import GIVEN, STOPPED, csv_file, record_all, xlsx_file


def run(command, *words, **options):
    out = io.StringIO()
    call_command(command, *map(str, words), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def imported(path, *words, channel="riverside-web"):
    answer = run(
        "import_optins", path, "--organisation", "riverside-clinic", "--channel", channel, "--json", *words
    )
    return json.loads(answer)


@pytest.fixture
def file(tmp_path):
    def write(content, name="people.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def test_a_dry_run_says_what_the_run_then_does_and_writes_nothing(clinic, file):
    clinic.write("STOP")
    path = file(csv_file(GIVEN, GIVEN | {"phone": "0820000202"}, GIVEN | {"phone": "2.78E+10"}))
    dry = imported(path, "--dry-run")
    assert (ImportBatch.objects.count(), clinic.contacts()) == (0, 1)
    done = imported(path)
    assert dry["counts"] == done["counts"]
    assert dry["refused"] == done["refused"]
    assert (dry["dry_run"], dry["batch"], dry["rows"]) == (True, None, 3)
    assert dry["counts"] == {
        "new": 1, "changed": 0, "unchanged": 0, "kept_withdrawn": 1, "duplicate": 0, "refused": 1,
    }  # fmt: skip
    assert dry["refused"][0]["line"] == 4
    batch = ImportBatch.objects.get(pk=done["batch"])
    assert (batch.state, batch.uploaded_by, batch.decided_by) == ("done", None, None)
    assert batch.operator


def test_the_columns_of_another_system_are_mapped_by_json(clinic, file):
    content = "Handy;Ja/Nein;Datum;Beleg;Liste\n0820000101;yes;2026-03-01;F-1;health-tips\n".encode("cp1252")
    mapping = {"status": "Ja/Nein", "occurred_at": "Datum", "evidence": "Beleg", "purposes": "Liste"}
    mapping |= {"phone": "Handy"}
    assert imported(file(content), "--mapping", json.dumps(mapping))["counts"]["new"] == 1
    assert clinic.events() == [("given", "health-tips", False)]


def test_one_value_can_hold_for_every_row(clinic, file):
    mapping = json.dumps({"status": "=withdrawn", "source": "=Weekly list"})
    assert imported(file(b"number\n0820000101\n"), "--mapping", mapping)["counts"]["new"] == 1
    assert clinic.gate()["reason"] == "withdrawn"


def test_grants_without_references_need_an_attestation(clinic, file):
    path = file(xlsx_file(GIVEN | {"evidence": ""}), "people.xlsx")
    assert imported(path)["counts"]["refused"] == 1
    assert imported(path, "--attestation", "Paper forms, P. Dlamini")["counts"]["new"] == 1


def test_refused_rows_are_written_to_a_file_that_can_be_mended_and_imported(clinic, file, tmp_path):
    rows = [GIVEN, GIVEN | {"phone": "2.78E+10", "source": "=1+1"}, STOPPED | {"status": "perhaps"}]
    refused = tmp_path / "refused.csv"
    imported(file(csv_file(*rows)), "--refused", refused)
    text = refused.read_text("utf-8-sig")
    assert text.count("\n") == 3
    assert "'=1+1" in text
    mended = text.replace("2.78E+10", "+27820000202").replace("perhaps", "stop")
    again = tmp_path / "again.csv"
    counts = imported(file(mended.encode(), "mended.csv"), "--refused", again)["counts"]
    assert (counts["new"], counts["changed"], counts["refused"]) == (1, 1, 0)
    assert again.read_text("utf-8-sig").startswith('"phone"')


def test_without_json_it_is_told_in_words(clinic, file):
    words = ("--organisation", "riverside-clinic", "--channel", "riverside-web", "--dry-run")
    told = run("import_optins", file(csv_file(GIVEN, *[GIVEN | {"phone": ""}] * 30)), *words)
    assert "31 rows (nothing was written)" in told
    assert "30 Refused" in told
    assert "line 3: There is no phone number." in told
    assert "... and 10 more" in told


@pytest.mark.parametrize(
    ("content", "words", "reason"),
    [
        (b"", (), "no heading line"),
        (b"phone,status\n", (), "headings and no rows"),
        (b"name,age\nA,1\n", (), "Say which column of the file is “phone”"),
        (b"phone,status\n1,2\n", ("--mapping", '{"colour": "x"}'), "There is no column “colour”"),
        (b"phone,status\n1,2\n", ("--mapping", '{"phone": "Mobile"}'), "no heading like"),
        (b"phone,phone,status\n1,2,3\n", (), "stands in the file 2 times"),
        (b"phone,status\n1,2\n", ("--mapping", "{"), "not JSON"),
        (b"phone,status\n1,2\n", ("--mapping", "[]"), "not an object"),
        (b"phone,status\n1,2\n", ("--mapping", '{"phone": 1}'), "text of a heading"),
    ],
)
def test_what_cannot_be_used_ends_with_a_sentence(clinic, file, content, words, reason):
    with pytest.raises(CommandError, match=reason):
        imported(file(content), *words)
    assert ImportBatch.objects.count() == 0


def test_a_channel_of_another_organisation_is_not_found(clinic, file):
    from tests.imports.staff import moved

    moved(clinic)
    with pytest.raises(CommandError, match="no such channel"):
        imported(file(csv_file(GIVEN)), channel="elsewhere-web")


@pytest.mark.parametrize("what", ["contacts", "records", "events"])
def test_an_export_is_printed_or_written_to_a_file(clinic, tmp_path, what):
    clinic.write("STOP")
    words = ("--organisation", "riverside-clinic", "--what", what)
    printed = run("export_optins", *words)
    assert f"'+{THANDI}" in printed
    for name in ("out.csv", "out.xlsx"):
        run("export_optins", *words, "--out", tmp_path / name)
    assert (tmp_path / "out.csv").read_bytes().decode() == printed
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")


def test_what_a_killed_command_leaves_a_worker_finishes(clinic, file):
    done = imported(file(csv_file(GIVEN, GIVEN | {"phone": "0820000202"})))
    batch = ImportBatch.objects.get(pk=done["batch"])
    batch.rows.filter(number=3).update(recorded_at=None)
    ImportBatch.objects.update(state="approved", leased_until=None)
    record_all()
    batch.refresh_from_db()
    assert (batch.state, batch.rows.filter(recorded_at=None).count()) == ("done", 0)
    assert clinic.contacts() == 2


def test_a_file_is_forgotten_a_month_after_it_was_dealt_with_and_its_counts_are_not(clinic, file):
    from datetime import timedelta

    from django.utils import timezone

    from tests.imports.files import approved, uploaded

    done = imported(file(csv_file(GIVEN)))
    draft, waiting = uploaded(clinic, csv_file(STOPPED)), approved(clinic, csv_file(GIVEN, STOPPED))
    forget_files(timezone.now() + timedelta(days=29), ImportRow.objects.none())
    assert not ImportBatch.objects.filter(content=b"").exists()
    forget_files(timezone.now() + timedelta(days=31), ImportRow.objects.none())
    assert bytes(ImportBatch.objects.get(pk=done["batch"]).content) == b""
    assert ImportBatch.objects.get(pk=done["batch"]).counts["new"] == 1
    assert not ImportBatch.objects.filter(pk=draft.pk).exists()
    assert bytes(ImportBatch.objects.get(pk=waiting.pk).content)
