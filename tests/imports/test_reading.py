"""Files are read as spreadsheets and other systems really save them."""

import codecs
import io

import openpyxl
import pytest

from optins.imports import formats
from optins.imports.errors import FileError
from tests.imports.files import GIVEN, HEADINGS, csv_file, phones_in, xlsx_file

pytestmark = pytest.mark.once

ZOE = GIVEN | {"source": "Zoë’s café"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_usual_encoding_and_separator_is_recognised(encoding, separator):
    table = formats.read(csv_file(ZOE, ZOE, separator=separator, encoding=encoding))
    assert table.headers == HEADINGS
    assert [row[5] for row in table] == ["Zoë’s café"] * 2


def test_a_utf_16_file_with_its_mark_is_read_in_either_byte_order():
    text = csv_file(ZOE).decode()
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        assert formats.read(mark + text.encode(encoding))[0][5] == "Zoë’s café"


def test_one_line_in_a_wrong_encoding_spoils_only_itself():
    content = csv_file(ZOE, ZOE, ZOE) + b"+27820000102,all,given,2026-01-01,en,Caf\xe9,x\n"
    assert [row[5] for row in formats.read(content)] == ["Zoë’s café"] * 3 + ["Caf\N{REPLACEMENT CHARACTER}"]


def test_blank_lines_and_blank_columns_are_passed_over_and_lines_keep_their_numbers():
    content = b"\n\nphone,status,,\n,,,\n+27820000101,stop,,\n\n   \n+27820000102,stop\n"
    table = formats.read(content)
    assert table.headers == ["phone", "status"]
    assert table.lines == [5, 8]


def test_the_separator_that_excel_names_in_a_line_of_its_own_is_taken():
    assert phones_in(b"sep=;\r\nphone;status\r\n0820000101;stop\r\n") == ["0820000101"]


def test_a_cell_may_hold_a_line_break_and_a_separator():
    table = formats.read(b'phone,source\n0820000101,"a\nb, c"\n0820000102,d\n')
    assert [row[1] for row in table] == ["a\nb, c", "d"]
    assert table.lines == [2, 4]


def test_a_quotation_mark_left_open_spoils_its_own_line_and_not_the_rest():
    lines = [b"phone,source", b'0820000101,"open', *(b"08200%05d,x" % number for number in range(200))]
    table = formats.read(b"\n".join(lines))
    assert list(table.problems) == [2]
    assert len(table) == 201


def test_a_megabyte_in_one_cell_spoils_its_own_line_and_not_the_rest():
    content = b"phone,source\n0820000101," + b"x" * 2**20 + b"\n0820000102,y\n"
    table = formats.read(content)
    assert table.problems == {2: "A cell is much too long."}
    assert table[1][0] == "0820000102"


def test_a_row_with_more_cells_than_headings_is_not_taken_apart_wrongly():
    table = formats.read(b"phone,status\n0820000101,given, and more\n0820000102,stop,,\n0820000103\n")
    assert list(table.problems) == [2]
    assert list(table[2]) == ["0820000103", ""]


def test_numbers_and_dates_that_excel_made_of_texts_are_read_exactly():
    rows = [{**GIVEN, "phone": number} for number in (27820000101, 27820000101.0, 2.7820000101e10)]
    assert phones_in(xlsx_file(*rows)) == ["27820000101"] * 3


def test_a_formula_in_excel_is_text_and_its_last_result_is_not_looked_at():
    table = formats.read(xlsx_file(GIVEN | {"phone": "=27820000000+101", "source": '=HYPERLINK("x")'}))
    assert (table[0][0], table[0][5]) == ("=27820000000+101", '=HYPERLINK("x")')


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is():
    book = openpyxl.Workbook()
    book.active.append(["phone", "status"])
    book.active["A9"] = "0820000101"
    out = io.BytesIO()
    book.save(out)
    table = formats.read(out.getvalue())
    assert (len(table), table.lines) == (1, [9])


def test_several_sheets_with_rows_are_refused_rather_than_half_read():
    book = openpyxl.Workbook()
    book.active.append(["phone"])
    book.create_sheet().append(["phone"])
    book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(FileError, match="Several sheets"):
        formats.read(out.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"phone\n\n",
        b"a," * 201 + b"\n1",
        b"PK\x03\x04 not a workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
        b"x" * (10 * 2**20 + 1),
    ],
    ids=["empty", "blank", "no rows", "wide", "broken", "old Excel", "too large"],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(content):
    with pytest.raises(FileError, match=r"\.$"):
        formats.read(content)


def test_more_rows_than_are_meant_for_one_file_are_refused():
    with pytest.raises(FileError, match="more than 20,000 rows"):
        formats.read(b"phone\n" + b"0820000101\n" * 20_001)


def test_headings_are_read_without_what_spreadsheets_put_round_them():
    assert formats.read(b"'+phone, pho\0ne2 \n1,2\n").headers == ["+phone", "phone2"]
