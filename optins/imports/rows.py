"""A row of a table -> a signal for the one door, or a sentence on why not. Nothing is looked up per row."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from optins.consent.fold import second
from optins.consent.signal import ConsentSignal, phone
from optins.imports import cells, columns
from optins.imports.cells import ALL, CellError
from optins.imports.escaping import unescaped
from optins.imports.formats import Table
from optins.models import CaptureChannel, ConsentEvent, Placement, Purpose

Kind = ConsentEvent.Kind
_LONGEST_CELL = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row that can be recorded. ``stated`` is its status in the file's own sense."""

    line: int
    number: str
    stated: str
    signal: ConsentSignal


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that cannot, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Origin:
    """Where a file comes from: what is the same for all of its rows."""

    channel: CaptureChannel
    file_digest: str
    uploaded_at: datetime
    attestation: str = ""
    reference: str = ""

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.channel.organisation.time_zone)

    @cached_property
    def purposes(self) -> dict[str, Purpose]:
        rows = Purpose.objects.filter(organisation=self.channel.organisation_id)
        return {purpose.key.lower(): purpose for purpose in rows}

    @cached_property
    def asked_for(self) -> tuple[Purpose, ...]:
        """The channel's own purposes: what “all” means in a grant."""
        return tuple(self.channel.purposes.all())

    @cached_property
    def placements(self) -> dict[str, Placement]:
        """By whatever a file may call them; a label that two share is nobody's."""
        found: dict[str, Placement] = {}
        for name in ("label", "external_id", "code"):
            names = [getattr(row, name).strip().casefold() for row in self._placements]
            pairs = zip(names, self._placements, strict=True)
            found |= {text: row for text, row in pairs if text and names.count(text) == 1}
        return found

    @cached_property
    def _placements(self) -> list[Placement]:
        return list(self.channel.placements.all())


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(table: Table, mapping: dict[str, str], origin: Origin) -> Iterator[Row | Refusal]:
    """Every row of the table, in its order. Raises MappingError."""
    places = columns.places(table.headers, mapping)
    resource = columns.ConsentResource()
    for line, row in zip(table.lines, table, strict=True):
        if problem := table.problems.get(line):
            yield Refusal(line, problem)
            continue
        yield _one(line, _texts(row, places), origin, resource)


def _texts(row: Any, places: columns.Places) -> dict[str, str]:
    """Our columns' cells; one that is not in the file is empty."""
    found = {name: row[place] if isinstance(place, int) else place for name, place in places.items()}
    return {name: unescaped(found.get(name, "")) for name in columns.COLUMNS}


def _one(line: int, texts: dict[str, str], origin: Origin, resource: Any) -> Row | Refusal:
    context = {"organisation": origin.channel.organisation, "purposes": origin.purposes}
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, field in resource.fields.items():
        try:
            _check_text(texts[name])
            values[name] = field.clean(texts, **context)
        except CellError as error:
            problems.append(str(error))
    if not problems:
        try:
            return _row(line, values, texts, origin)
        except CellError as error:
            problems.append(str(error))
    return Refusal(line, " ".join(dict.fromkeys(problems))[:300])


def _check_text(text: str) -> None:
    if len(text) > _LONGEST_CELL:
        raise CellError(f"A cell has more than {_LONGEST_CELL} characters.")
    if "\0" in text or "\N{REPLACEMENT CHARACTER}" in text:
        raise CellError("A cell holds characters that cannot be read.")


def _row(line: int, values: dict[str, Any], texts: dict[str, str], origin: Origin) -> Row:
    stated = values["status"]
    is_grant = stated == Kind.GIVEN
    _check_grant(values, origin, is_grant=is_grant)
    at = cells.resolved(values["occurred_at"], is_grant=is_grant, zone=origin.zone, now=origin.uploaded_at)
    number = phone(values["phone"])[0].value
    signal = ConsentSignal(
        organisation=origin.channel.organisation,
        identifiers=phone(number),
        # A file can say that somebody stopped; why an identifier no longer counts is for the doors to know.
        kind=stated if stated in (Kind.GIVEN, Kind.REFUSED) else Kind.WITHDRAWN,
        purposes=_purposes(values["purposes"], origin, is_grant=is_grant),
        actor=ConsentEvent.Actor.IMPORT,
        actor_reference=origin.reference,
        door=ConsentEvent.Door.IMPORT,
        id=f"{number}/{_when(values['occurred_at'], at, origin, is_grant=is_grant)}",
        channel=origin.channel,
        placement=origin.placements.get(values["source"].casefold()),
        language=values["language"],
        occurred_at=at,
        received_at=origin.uploaded_at,
        reason="" if is_grant else ConsentEvent.Reason.REQUESTED,
        evidence=_evidence(line, values, texts, origin, is_grant=is_grant),
    )
    return Row(line, number, stated, signal)


def _check_grant(values: dict[str, Any], origin: Origin, *, is_grant: bool) -> None:
    """A yes needs more than a no: what for, since when, and what proves it."""
    if not is_grant:
        return
    problems = []
    if not values["purposes"] or (values["purposes"] is ALL and not origin.asked_for):
        problems.append("Say what they agreed to.")
    if values["occurred_at"] is None:
        problems.append("Say when they agreed.")
    if not values["evidence"] and not origin.attestation:
        problems.append(
            "Say what proves it: in the evidence column, or in an attestation for the whole file."
        )
    if problems:
        raise CellError(" ".join(problems))


def _purposes(stated: Any, origin: Origin, *, is_grant: bool) -> tuple[Purpose, ...]:
    """For a stop nothing and “all” are everything, also what is yet to come."""
    if is_grant and stated is ALL:
        return origin.asked_for
    return () if stated is ALL else stated


def _when(stated: datetime | date | None, at: datetime, origin: Origin, *, is_grant: bool) -> str:
    """What makes the row the same row when it comes again.

    The moment, where the file says it. Otherwise it was read off the clock: then the day as it stands there,
    in this very file, so that the same file again is the same stop and the next week's list is a new one.
    """
    if is_grant or isinstance(stated, datetime):
        return second(at).astimezone(UTC).isoformat()
    return f"{stated.isoformat() if stated else 'undated'}/{origin.file_digest}"


def _evidence(
    line: int, values: dict[str, Any], texts: dict[str, str], origin: Origin, *, is_grant: bool
) -> dict[str, Any]:
    found = {
        "file_sha256": origin.file_digest,
        "line": line,
        "stated_at": texts["occurred_at"].strip(),
        "source": values["source"],
        "reference": values["evidence"],
        "attestation": origin.attestation if is_grant else "",
    }
    return {name: value for name, value in found.items() if value}
