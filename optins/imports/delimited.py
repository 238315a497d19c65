"""Text -> records with their line numbers. A line whose quotation marks are wrong spoils only itself."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

SEPARATORS = ",;\t"
# A cell may hold line breaks, but a quotation mark left open would swallow the rest of the file.
_LONGEST = 50  # lines


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file as it stands there. ``line`` counts from 1, the heading included."""

    line: int
    cells: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.problem and not any(cell.strip() for cell in self.cells)


def lines_of(text: str) -> list[str]:
    return io.StringIO(text, newline="").readlines()


def records(lines: list[str], separator: str, begin: int = 0) -> Iterator[Record]:
    """Each record from that line on."""
    place = begin
    while place < len(lines):
        record, used = _one(lines[place : place + _LONGEST], place + 1, separator)
        yield record
        place += used


def _one(lines: list[str], number: int, separator: str) -> tuple[Record, int]:
    """The first record of these lines, and how many lines it takes."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        return Record(number, next(reader)), reader.line_num
    except csv.Error as error:
        too_long = "field limit" in str(error)
        problem = "A cell is much too long." if too_long else "Its quotation marks do not fit together."
        return Record(number, [lines[0].rstrip("\r\n")], problem), 1


def separator_of(lines: list[str], is_heading: Callable[[str], bool]) -> tuple[str, int]:
    """What stands between the cells, and the place of the heading's line.

    The separator is the one that gives the most headings we know, else the most cells. Excel may name it in
    a line of its own, ``sep=;``.
    """
    place = next((place for place, line in enumerate(lines) if line.strip()), 0)
    if not lines:
        return SEPARATORS[0], 0
    named = lines[place].strip().lower()
    if len(named) == len("sep=;") and named.startswith("sep="):
        return named[-1], place + 1

    def worth(separator: str) -> tuple[int, int]:
        cells = _one(lines[place : place + _LONGEST], 1, separator)[0].cells
        return sum(map(is_heading, cells)), len(cells)

    return max(SEPARATORS, key=worth), place
