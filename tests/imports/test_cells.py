"""A cell is read exactly or refused with a reason; nothing is guessed."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from optins.imports import cells
from optins.imports.cells import ALL, CellError
from optins.imports.escaping import escaped, unescaped

pytestmark = pytest.mark.once

ORGANISATION = SimpleNamespace(country="ZA", languages=["en", "pt", "ar"])
JOHANNESBURG = ZoneInfo("Africa/Johannesburg")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PURPOSES = {"health-tips": "tips", "appointment-reminders": "reminders"}


def read(cell, text):
    return cell.clean(text, organisation=ORGANISATION, purposes=PURPOSES)


@pytest.mark.parametrize(
    "text",
    [
        "+27820000101",
        "0820000101",
        "082 000-0101",
        "27820000101",
        "0027 82 000 0101",
        "'+27820000101",
        "'0820000101",
        "whatsapp:+27820000101",
        "tel: +27 (82) 000 0101",
        "2.7820000101E+10",
        "2,7820000101E+10",
        "27820000101.0",
        "27820000101,00",
        "٠٨٢٠٠٠٠١٠١",
        "\u202a+27 82 000 0101\u202c",
    ],
)
def test_a_number_is_read_however_it_was_written(text):
    assert read(cells.PhoneCell(), text) == "+27820000101"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no phone number"),
        ("2.782E+10", "cut off digits"),
        ("2.78E10", "cut off digits"),
        ("=27820000101", "formula"),
        ('="27820000101"', "formula"),
        ("0820000101 (work)", "letters"),
        ("0820", "too few"),
        ("0820000101/0830000202", "does not look like"),
        ("447911123456", "Write it with \\+"),
        ("27820,00000", "comma"),
        ("+", "does not look like"),
    ],
)
def test_a_number_that_is_not_certain_is_refused_with_the_reason(text, reason):
    with pytest.raises(CellError, match=reason):
        read(cells.PhoneCell(), text)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("given Yes Y TRUE 1 opt-in OptedIn opted_in SUBSCRIBED consented start", "given"),
        ("refused No declined NÃO", "refused"),
        ("withdrawn STOP Unsubscribed opt-out Opted_Out DNC revoked PARAR توقف", "withdrawn"),
        ("invalidated", "invalidated"),
    ],
)
def test_a_status_is_understood_in_common_words_and_in_the_peoples_languages(words, kind):
    assert {read(cells.StatusCell(), word) for word in words.split()} == {kind}


@pytest.mark.parametrize("text", ["", "false", "0", "pending", "Unknown", "n/a", "never asked"])
def test_silence_is_neither_a_yes_nor_a_no(text):
    with pytest.raises(CellError, match="silence is not consent"):
        read(cells.StatusCell(), text)


def test_an_unknown_status_is_refused():
    with pytest.raises(CellError, match="not one we know"):
        read(cells.StatusCell(), "perhaps")


@pytest.mark.parametrize("text", ["health-tips|appointment-reminders", "Health-Tips, appointment-reminders"])
def test_purposes_are_separated_by_bars_or_commas(text):
    assert read(cells.PurposesCell(), text) == ("tips", "reminders")


def test_all_and_nothing_are_told_apart_and_an_unknown_purpose_is_refused():
    assert read(cells.PurposesCell(), " All ") is ALL
    assert read(cells.PurposesCell(), "") == ()
    with pytest.raises(CellError, match="not one of: health-tips, appointment-reminders, all"):
        read(cells.PurposesCell(), "health-tips|newsletter")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T09:15:02+02:00",
        "2026-11-20 07:15:02Z",
        "2026-11-20T07:15:02.000 UTC",
        "2026-11-20T0915+0200",
    ],
)
def test_a_time_needs_its_offset(text):
    if "T0915" in text:
        with pytest.raises(CellError, match="Write the time as"):
            read(cells.MomentCell(), text)
        return
    assert read(cells.MomentCell(), text) == datetime(2026, 11, 20, 7, 15, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 09:15",
        "2026-11-20T09:15:02",
        "20/11/2026",
        "11-20-2026",
        "45981",
        "yesterday",
        "2026-02-30",
        "2026-11-20T25:00:00Z",
        "1999-12-31",
        "9999-12-31",
        "0001-01-01",
    ],
)
def test_a_time_that_could_mean_several_things_is_refused(text):
    with pytest.raises(CellError, match=r"\.$"):
        read(cells.MomentCell(), text)


def resolved(stated, is_grant):
    return cells.resolved(stated, is_grant=is_grant, zone=JOHANNESBURG, now=NOW).isoformat()


def test_a_date_is_its_start_for_a_grant_and_its_end_for_a_stop():
    day = date(2026, 3, 2)
    assert resolved(day, True) == "2026-03-02T00:00:00+02:00"
    assert resolved(day, False) == "2026-03-02T23:59:59+02:00"


def test_a_stop_of_today_or_without_a_date_is_now():
    assert resolved(date(2026, 11, 20), False) == NOW.isoformat()
    assert resolved(None, False) == NOW.isoformat()


@pytest.mark.parametrize("is_grant", [True, False])
@pytest.mark.parametrize("stated", [date(2026, 11, 21), datetime(2026, 11, 20, 10, 6, tzinfo=UTC)])
def test_what_lies_in_the_future_is_refused(stated, is_grant):
    with pytest.raises(CellError, match="future"):
        resolved(stated, is_grant)


@pytest.mark.parametrize("text", ["=1+1", "+27820000101", "-1", "@SUM(A1)", "\tx", "\rx", "＝1"])
def test_a_cell_that_could_be_a_formula_is_escaped_and_comes_back_as_it_was(text):
    assert escaped(text) == f"'{text}"
    assert unescaped(escaped(text)) == text


@pytest.mark.parametrize("text", ["", "27820000101", "a=b", "'tis", "'", "2026-11-20T09:15:02+00:00"])
def test_any_other_cell_is_left_alone(text):
    assert unescaped(escaped(text)) == escaped(text) == text
