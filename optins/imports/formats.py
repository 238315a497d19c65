"""The formats of django-import-export, made to read what spreadsheets really save."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

import tablib
from import_export.formats import base_formats

from optins.consent.digit_runs import without_numbers
from optins.imports import columns, delimited, sheets
from optins.imports.decoding import text_of
from optins.imports.delimited import Record
from optins.imports.errors import FileError
from optins.imports.escaping import unescaped

LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_ROWS = 20_000
MOST_COLUMNS = 200
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Table(tablib.Dataset):
    """A file's rows under its headings, with the line of each and what is wrong with its shape."""

    def __init__(self, records: Iterator[Record]) -> None:
        heading = next((record for record in records if not record.is_blank), None)
        if heading is None or heading.problem:
            raise FileError("The file has no heading line.")
        super().__init__(headers=[_heading(cell) for cell in _without_blank_end(heading.cells)])
        if any(without_numbers(text) != text for text in self.headers):
            # Somebody's row would be taken for the names of columns, and kept with these.
            raise FileError("The first line holds what may be a number. Put a line with headings above it.")
        if self.width > MOST_COLUMNS:
            raise FileError(f"The file has more than {MOST_COLUMNS} columns.")
        self.lines: list[int] = []
        self.problems: dict[int, str] = {}
        for record in records:
            if not record.is_blank:
                self._add(record)
        if not self.lines:
            raise FileError("The file has headings and no rows.")

    def _add(self, record: Record) -> None:
        if len(self.lines) >= MOST_ROWS:
            raise FileError(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        cells = _without_blank_end(record.cells)
        problem = record.problem
        if len(cells) > self.width:
            problem = problem or "It has more cells than there are headings."
        self.append((cells + [""] * self.width)[: self.width])
        self.lines.append(record.line)
        if problem:
            self.problems[record.line] = problem


def _heading(text: str) -> str:
    """A heading as it is chosen and kept: without what a database does not take."""
    return unescaped(text).replace("\0", "").strip()[:200]


def _without_blank_end(cells: list[str]) -> list[str]:
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


class Csv(base_formats.CSV):
    """Text in any usual encoding, separated by comma, semicolon or tab."""

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> Table:
        lines = delimited.lines_of(text_of(in_stream))
        separator, place = delimited.separator_of(lines, columns.is_known)
        return Table(delimited.records(lines, separator, place))

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> str:
        # With every cell in quotation marks none falls apart where another separator is usual.
        return str(super().export_data(dataset, quoting=csv.QUOTE_ALL, **kwargs))


class Xlsx(base_formats.XLSX):
    """The only sheet of a workbook, its cells as they were typed."""

    def create_dataset(self, in_stream: bytes) -> Table:
        return Table(sheets.records(in_stream))


def read(content: bytes) -> Table:
    """The rows of an uploaded file, whatever its name says it is. Raises FileError."""
    if len(content) > LARGEST_FILE:
        raise FileError("The file is larger than 10 MB. Split it.")
    if content.startswith(_OLD_EXCEL):
        raise FileError("This is an old or a protected Excel file. Save it as .xlsx without a password.")
    table: Table = (Xlsx() if is_xlsx(content) else Csv()).create_dataset(content)
    return table


def is_xlsx(content: bytes) -> bool:
    return content.startswith(_ZIP)


def written(headings: list[str], rows: Iterable[list[str]], *, xlsx: bool, mark: bool = False) -> bytes:
    """A file with these rows. ``mark``: a byte order mark, without which Excel takes UTF-8 for another."""
    dataset = tablib.Dataset(headers=headings)
    dataset.extend(rows)
    return file_of(dataset, xlsx=xlsx, mark=mark)


def file_of(dataset: tablib.Dataset, *, xlsx: bool, mark: bool = False) -> bytes:
    if xlsx:
        return bytes(Xlsx().export_data(dataset))
    return Csv().export_data(dataset).encode("utf-8-sig" if mark else "utf-8")
