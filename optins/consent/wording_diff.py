"""What changed between two wordings, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from optins.consent.wording_check import Wording

_TOKEN = re.compile(r"\s+|[^\W_]+|[\W_]")
FIELDS = ("title", "body", "stop", "privacy", "details", "sentence")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: in both (``same``), only in the new (``added``), only in the old (``removed``)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One part of the wording; ``name`` is the field's, or ``purpose:<key>``."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        return any(piece.kind != "same" for piece in self.pieces)


def words(old: str, new: str) -> tuple[Piece, ...]:
    """The difference of two texts in whole words; a word is never cut, in whatever script."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(after[c:d])))
            continue
        pieces += [Piece("removed", "".join(before[a:b]))] if b > a else []
        pieces += [Piece("added", "".join(after[c:d]))] if d > c else []
    return tuple(_without_islands(pieces))


def _without_islands(pieces: list[Piece]) -> list[Piece]:
    """A lone space between changes belongs to them: it reads as one change, not as many."""
    merged: list[Piece] = []
    for place, piece in enumerate(pieces):
        inside = 0 < place < len(pieces) - 1
        if piece.kind == "same" and inside and not piece.text.strip():
            merged += [Piece("removed", piece.text), Piece("added", piece.text)]
        else:
            merged.append(piece)
    return _joined(merged)


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Between two runs that are the same, all that was removed comes first, then all that was added."""
    found: list[Piece] = []
    removed, added = "", ""
    for piece in [*pieces, Piece("same", "")]:
        if piece.kind == "removed":
            removed += piece.text
        elif piece.kind == "added":
            added += piece.text
        else:
            found += [Piece(kind, text) for kind, text in (("removed", removed), ("added", added)) if text]
            found += [piece] if piece.text else []
            removed, added = "", ""
    return found


def of_wordings(old: Wording | None, new: Wording | None) -> list[FieldDiff]:
    """Every part of one language, in the order in which people read it; None where there is no wording."""
    before, after = _parts(old), _parts(new)
    names = list(dict.fromkeys([*after, *before]))
    return [FieldDiff(name, words(before.get(name, ""), after.get(name, ""))) for name in names]


def _parts(wording: Wording | None) -> dict[str, str]:
    if wording is None:
        return {}
    lines = {f"purpose:{key}": line for key, line in sorted(wording.purposes.items())}
    parts = {name: getattr(wording, name) for name in FIELDS}
    return {"title": parts.pop("title"), "body": parts.pop("body")} | lines | parts
