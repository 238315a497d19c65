"""The platform's bulk import: a CSV comes back with an error in each cell that did not fit."""

import csv
import io

from sandbox.exchange import Answer, ApiError, Json, Request, bad_request
from sandbox.people import DIGITS
from sandbox.state import State
from sandbox.turn_contacts import set_fields

LARGEST = 1024 * 1024


def import_contacts(state: State, request: Request) -> Answer:
    """Status 200 whatever the cells say: only the answer's cells tell what was taken."""
    if len(request.body) > LARGEST:
        raise ApiError(413, 413, "Payload Too Large", "an import is at most 1 MiB")
    header, *rows = _read(request.body)
    unknown = sorted(set(header[1:]) - state.schema.fields.keys())
    if unknown:
        raise bad_request(f"not in the contact schema: {', '.join(unknown)}")
    answered = io.StringIO()
    writer = csv.writer(answered, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(_import_row(state, header, row) for row in rows)
    return Answer(200, answered.getvalue().encode(), {"Content-Type": "text/csv"})


def _read(body: bytes) -> list[list[str]]:
    try:
        text = body.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise bad_request(f"the body is not CSV in UTF-8: {error}") from error
    if not rows or rows[0][0] != "urn":
        raise bad_request("the first column must be urn")
    if any(len(row) != len(rows[0]) for row in rows):
        raise bad_request("every row must have as many cells as the header")
    return rows


def _import_row(state: State, header: list[str], row: list[str]) -> list[str]:
    """The row as it came, with errors in place of bad cells; the good cells are taken."""
    urn = row[0]
    if not (urn.startswith("+") and DIGITS.fullmatch(urn[1:])):
        return [f"ERROR: '{urn}' is not a number with plus", *row[1:]]
    values, answered = _cast_cells(state, dict(zip(header[1:], row[1:], strict=True)))
    set_fields(state.find_contact(urn[1:]) or state.make_contact(urn[1:]), values)
    return [urn, *answered]


def _cast_cells(state: State, cells: dict[str, str]) -> tuple[Json, list[str]]:
    """An empty cell leaves its field as it is: clients fill the columns a row lacks with it."""
    values: Json = {}
    answered = []
    for name, text in cells.items():
        try:
            if text:
                values[name] = state.schema.fields[name].cast_cell(text)
            answered.append(text)
        except ValueError as error:
            answered.append(f"ERROR: {error}")
    return values, answered
