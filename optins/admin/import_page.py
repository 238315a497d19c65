"""What the page of one import shows."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from optins import roles
from optins.admin.columns import badge
from optins.admin.eyes import Eyes
from optins.admin.import_forms import LABELS, ColumnsForm, RejectForm
from optins.imports import batches, formats
from optins.imports.batches import Outcome, State
from optins.imports.errors import FileError
from optins.models import ImportBatch, ImportRow, Purpose

TONES = {
    State.DRAFT: "",
    State.WAITING: "wait",
    State.APPROVED: "info",
    State.DONE: "good",
    State.REJECTED: "bad",
}
OUTCOME_TONES = {
    Outcome.NEW: "good",
    Outcome.CHANGED: "info",
    Outcome.UNCHANGED: "",
    Outcome.KEPT_WITHDRAWN: "wait",
    Outcome.DUPLICATE: "",
    Outcome.REFUSED: "bad",
}
MEANINGS = {
    Outcome.NEW: "nobody with this number was known",
    Outcome.CHANGED: "known, and what holds changes",
    Outcome.UNCHANGED: "already on record, or older than it",
    Outcome.KEPT_WITHDRAWN: "the file says yes, they said stop: the stop stands",
    Outcome.DUPLICATE: "repeats another row of the file",
    Outcome.REFUSED: "cannot be recorded; each says why",
}
_PER_PAGE = 25
_SAMPLE = 3


@dataclass(frozen=True, slots=True)
class Tile:
    """How many rows have one outcome."""

    outcome: str
    label: str
    meaning: str
    tone: str
    count: int


def state_badge(batch: ImportBatch) -> SafeString:
    return badge(batch.get_state_display(), TONES[State(batch.state)])


def context(request: HttpRequest, batch: ImportBatch, form: ColumnsForm | None = None) -> dict[str, Any]:
    """Everything for the template. ``form``: the columns as they were just posted."""
    eyes = Eyes.of(request.user, batch.organisation)
    is_own = batch.uploaded_by_id == request.user.pk
    may_see_file = roles.may(request.user, "see_numbers", batch.organisation)
    may_map = is_own and batch.state == State.DRAFT and roles.may(request.user, "import", batch.organisation)
    may_decide = (
        batch.state == State.WAITING and not is_own and roles.may(request.user, "approve", batch.organisation)
    )
    return {
        "batch": batch,
        "state_badge": state_badge(batch),
        "steps": _steps(batch),
        "tiles": _tiles(batch),
        **_rows(request, batch),
        "row_count": sum(batch.counts.values()),
        "uploaded_at": eyes.time(batch.uploaded_at),
        "decided_at": eyes.time(batch.decided_at) if batch.decided_at else "",
        "finished_at": eyes.time(batch.finished_at) if batch.finished_at else "",
        "mapping": [(LABELS[name], _theirs(text)) for name, text in batch.mapping.items()],
        "is_own": is_own,
        "may_decide": may_decide,
        "has_file": bool(batch.counts.get(Outcome.REFUSED)) and may_see_file,
        "reject_form": RejectForm(),
        "same_file": batches.same_file_before(batch),
        "confirmed": _purposes(batch).filter(requires_confirmation=True),
        **(_progress(batch) if batch.state == State.APPROVED else {}),
        **(_since(batch) if batch.state == State.DONE else {}),
        **(_columns(batch, form, may_map=may_map) if may_map or (may_decide and may_see_file) else {}),
    }


_STEPS = ("Upload", "Columns and preview", "Approval", "Recorded")
_REACHED = {State.DRAFT: 1, State.WAITING: 2, State.REJECTED: 2, State.APPROVED: 3, State.DONE: 4}


def first_step() -> list[tuple[str, str]]:
    return [(step, "current" if place == 0 else "") for place, step in enumerate(_STEPS)]


def _steps(batch: ImportBatch) -> list[tuple[str, str]]:
    """Each step, and whether it is done, current or still to come."""
    reached = _REACHED[State(batch.state)]
    words = ["done"] * reached + ["current"] + [""] * len(_STEPS)
    return list(zip(_STEPS, words, strict=False))


def _purposes(batch: ImportBatch) -> QuerySet[Purpose]:
    return Purpose.objects.filter(organisation=batch.organisation_id)


def _tiles(batch: ImportBatch) -> list[Tile]:
    return [
        Tile(outcome, outcome.label, MEANINGS[outcome], OUTCOME_TONES[outcome], batch.counts.get(outcome, 0))
        for outcome in Outcome
    ]


def _theirs(text: str) -> str:
    """The file's column, or the value for every row."""
    return f"{text.removeprefix('=')} (every row)" if text.startswith("=") else text


def _rows(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """The rows of one outcome, or all, or, unless asked, those of which there is something to say."""
    wanted = request.GET.get("outcome", "")
    rows, title = batch.rows.order_by("number"), "All rows"
    if wanted in Outcome.values:
        rows, title = rows.filter(outcome=wanted), str(Outcome(wanted).label)
    elif wanted != "all" and rows.exclude(problem="").exists():
        rows, title = rows.exclude(problem=""), "Rows to look at"
    else:
        wanted = "all"
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    shown = [(row, _badge(row)) for row in page]
    return {"page": page, "rows": shown, "rows_title": title, "outcome": wanted}


def _badge(row: ImportRow) -> SafeString:
    return badge(row.get_outcome_display(), OUTCOME_TONES.get(Outcome(row.outcome), ""))


def _progress(batch: ImportBatch) -> dict[str, Any]:
    total = batch.rows.count()
    return {"total": total, "recorded": total - batch.rows.filter(recorded_at=None).count()}


def _since(batch: ImportBatch) -> dict[str, Any]:
    """Rows that came out otherwise than the preview said: somebody acted in between."""
    other = batch.rows.exclude(outcome=F("foreseen")).order_by("number")
    return {"other": list(other[:_PER_PAGE]), "other_count": other.count()}


def _columns(batch: ImportBatch, form: ColumnsForm | None, *, may_map: bool) -> dict[str, Any]:
    """What stands in the file's first rows, and for whoever maps them the form for its columns."""
    try:
        table = formats.read(bytes(batch.content))
    except FileError:  # removed since
        return {}
    first = table[:_SAMPLE]
    cells = ([row[place][:60] for row in first] for place in range(table.width))
    samples = {"samples": list(zip(table.headers, cells, strict=True))}
    if not may_map:
        return samples
    return samples | {
        "form": form or ColumnsForm(table.headers, list(_purposes(batch)), initial=batch.mapping)
    }
