"""XLSX -> records. Cells are read as they were typed: a formula is text and is never evaluated."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from optins.imports.delimited import Record
from optins.imports.errors import FileError

_LARGEST_UNPACKED = 200 * 1024 * 1024
_LAST_ROW = 1_048_576  # of any sheet; a file that names a later one is made to keep us busy
_EXACT = 10**15  # what Excel keeps of a number: fifteen digits
_BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError, OSError)


def records(content: bytes) -> Iterator[Record]:
    """Each row of the only sheet that has any. Raises FileError, also while it is read."""
    try:
        _check_size(content)
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False)
        found = [sheet for sheet in book.worksheets if _has_any(sheet)]
        if len(found) > 1:
            raise FileError("Several sheets have rows. Keep the one to import in a file of its own.")
        for sheet in found:
            yield from _rows(sheet)
    except FileError:
        raise
    except _BROKEN as error:
        raise FileError("This Excel file cannot be read. Save it again as .xlsx, or as CSV.") from error


def _check_size(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > _LARGEST_UNPACKED:
            raise FileError("This Excel file unpacks to more than 200 MB.")


def _has_any(sheet: Any) -> bool:
    return any(not record.is_blank for record in _rows(sheet))


def _rows(sheet: Any) -> Iterator[Record]:
    sheet.reset_dimensions()  # what a file says about its own size need not be true
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > _LAST_ROW:
            raise FileError("This Excel file names rows that no sheet has.")
        if row:
            yield Record(number, [text_of(cell.value) for cell in row])


def text_of(value: Any) -> str:
    """A cell's content as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    # A formula that fills several cells is an object of its own.
    return str(getattr(value, "text", value))
