"""The table for lawyers is the one that the check gives now, and complete."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command

from optins.consent.rulepacks import packs
from optins.consent.wording_check import table

pytestmark = pytest.mark.once
KEPT = Path(__file__).resolve().parents[2] / "docs" / "wording-table.csv"


def test_the_table_that_is_kept_is_what_the_check_says_now(capsys):
    call_command("wording_table")
    said = capsys.readouterr().out
    assert KEPT.read_text() == said, "./dev manage wording_table > docs/wording-table.csv"


def test_it_has_every_pack_and_nothing_is_refused():
    rows = list(csv.DictReader(KEPT.read_text().splitlines()))
    assert {row["pack"] for row in rows} == set(packs.all_packs())
    assert {row["result"] for row in rows} == {"passed", "a person looks"}
    assert {row["element"] for row in rows if row["result"] != "passed"} == {"impressum"}
    structural = {"language_choice", "language_de"}
    assert {row["element"] for row in rows if not row["what it says, or what is missing"]} <= structural


def test_each_row_names_the_law_and_how_sure_it_is():
    assert all(pack and why and status for pack, *_rest, why, status, _said in table.rows())
