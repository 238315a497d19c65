"""What holds for every file there could be."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from optins.imports.delimited import lines_of, records, separator_of
from optins.imports.escaping import escaped, unescaped
from optins.models import ConsentRecord, Purpose
from tests.clinic import SIPHO, THANDI
from tests.imports.files import BOTH, HEADINGS, csv_file, recorded, uploaded

NUMBERS = st.sampled_from([THANDI[2:], SIPHO[2:], "820000303"])
FORMS = st.sampled_from(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", ""])
PROPER = st.fixed_dictionaries(
    {
        "phone": st.builds(str.format, st.sampled_from(["+27{}", "0{}", "'27{}"]), NUMBERS),
        "purposes": st.sampled_from(["all", "", "health-tips", BOTH, "health-tips,appointment-reminders"]),
        "status": st.sampled_from(["given", "yes", "stop", "no", "invalidated", "erased", "unsubscribed"]),
        "occurred_at": st.builds(lambda days, form: ago(days).strftime(form), st.integers(0, 400), FORMS),
        "evidence": st.sampled_from(["", "form 1", "=1+1"]),
        "source": st.text(max_size=5),
        "language": st.sampled_from(["", "en", "pt-BR", "English, please"]),
    }
)
ANY = st.fixed_dictionaries(dict.fromkeys(HEADINGS, st.text(max_size=20)))
ROWS = st.lists(PROPER | ANY, min_size=1, max_size=6)
ANOTHER = {"phone": "+27820000909", "status": "stop"}
# What each example leaves in the database is taken back by ``undone``.
anew = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15
)


def ago(days):
    return datetime.now(UTC) - timedelta(days=days)


def undone(act):
    """What the act returns; its changes are taken back."""
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


@anew
@given(files=st.lists(ROWS, min_size=1, max_size=2), confirmed=st.booleans())
def test_after_a_stop_no_import_of_any_shape_makes_the_gate_allow(clinic, files, confirmed):
    def attempt():
        Purpose.objects.update(requires_confirmation=confirmed)
        clinic.write(clinic.choose("health-tips"), at=timezone.now() - timedelta(hours=1))
        clinic.write("STOP")
        for rows in files:
            recorded(clinic, csv_file(*rows, ANOTHER), attestation="Vouched for")
        return [clinic.gate(key)["decision"] for key in BOTH.split("|")]

    assert undone(attempt) == ["deny", "deny"]


@pytest.mark.once
@anew
@given(before=ROWS, rows=ROWS, was=st.sampled_from(["", "agreed", "stopped"]))
def test_the_preview_foresees_every_row_of_every_file(clinic, before, rows, was):
    def attempt():
        if was:
            clinic.write(clinic.choose("health-tips"))
        if was == "stopped":
            clinic.write("STOP", at=timezone.now() + timedelta(seconds=2))
        recorded(clinic, csv_file(*before, ANOTHER), attestation="Vouched for")
        batch = recorded(clinic, csv_file(*rows, ANOTHER), attestation="Vouched for")
        return list(batch.rows.values_list("number", "foreseen", "outcome"))

    found = undone(attempt)
    assert len(found) >= 1
    assert [row for row in found if row[1] != row[2]] == []


@pytest.mark.once
@anew
@given(rows=ROWS)
def test_the_order_of_files_makes_no_difference_to_what_holds(clinic, rows):
    def attempt(order):
        now = timezone.now()
        for row in order:
            batch = uploaded(clinic, csv_file(row), attestation="Vouched for", now=now)
            if batch.counts["refused"] == 0:
                recorded(clinic, csv_file(row), attestation="Vouched for", now=now)
        found = ConsentRecord.objects.values_list(
            "contact__identifiers__value", "purpose", "stop__kind", "stop__occurred_at", "grant__occurred_at"
        )
        return sorted(found, key=str)

    now = timezone.now()
    with_time = [row | {"occurred_at": row["occurred_at"] or f"{now:%Y-%m-%dT%H:%M:%SZ}"} for row in rows]
    assert undone(lambda: attempt(with_time)) == undone(lambda: attempt(with_time[::-1]))


# Control characters and halves of pairs become the sign of what is missing.
readable = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]) | st.sampled_from("'=\t\r\n"))


@given(readable)
@example("0'=")
def test_an_escaped_cell_comes_back_as_it_was(text):
    looks_escaped = unescaped(text) != text
    assert unescaped(escaped(text)) == (unescaped(text) if looks_escaped else text)


@given(st.text(alphabet=',;\t"\n\r\0a1é ', max_size=60))
def test_any_text_is_read_as_records_without_losing_a_line(text):
    lines = lines_of(text)
    separator, place = separator_of(lines, lambda _cell: False)
    found = list(records(lines, separator, place))
    starts = [record.line for record in found]
    assert starts == sorted(set(starts))
    assert not found or starts[0] == place + 1
