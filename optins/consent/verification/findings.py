"""What a verification can say."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong, in one word for programs; the last one is a note."""

    EVENT_CHANGED = "event_changed"
    EVENT_INSERTED = "event_inserted"
    EVENT_REMOVED = "event_removed"
    EVIDENCE_CHANGED = "evidence_changed"
    EVIDENCE_INSERTED = "evidence_inserted"
    EVIDENCE_REMOVED = "evidence_removed"
    REMOVAL_CHANGED = "removal_changed"
    LEAF_CHANGED = "leaf_changed"
    LEAF_INSERTED = "leaf_inserted"
    LEAF_REMOVED = "leaf_removed"
    HEAD_CHANGED = "head_changed"
    HEAD_DIFFERS = "head_differs"
    HEAD_REMOVED = "head_removed"
    HEAD_UNKNOWN = "head_unknown"
    LEDGER_CUT_OFF = "ledger_cut_off"
    LEDGER_REWRITTEN = "ledger_rewritten"
    RECORD_DIFFERS = "record_differs"
    OLD_KEY = "old_key"
    STRAY = "stray"
    UNREADABLE = "unreadable"
    EVIDENCE_GONE = "evidence_gone"


NOTES = {Kind.EVIDENCE_GONE}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, or a note.

    ``subject`` is "event", "evidence", "leaf", "head", "record" or "ledger"; ``id`` says which: an event's
    id, a leaf's position from 0, a head's size, a contact's uuid and a purpose's key. ``text`` is for people.
    """

    kind: Kind
    organisation: str
    subject: str
    id: str
    text: str

    @property
    def is_problem(self) -> bool:
        return self.kind not in NOTES


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked in one organisation: sealed events, heads, and events that no seal covers yet."""

    organisation: str
    sealed: int
    heads: int
    unsealed: int
    oldest: datetime | None
