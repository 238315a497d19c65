"""Requests and holds in words: by when, how far, what is left to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from optins import roles
from optins.admin.columns import badge
from optins.admin.eyes import Eyes
from optins.models import Contact, DataSubjectRequest, LegalHold

State = DataSubjectRequest.State
OPEN_STATES = (State.OPEN, State.APPROVED)
SOON = timedelta(days=7)
_STATES = {State.OPEN: "wait", State.APPROVED: "info", State.DONE: "good", State.REFUSED: "bad"}


def state_of(row: DataSubjectRequest) -> SafeString:
    return badge(row.get_state_display(), _STATES[State(row.state)])


def due(row: DataSubjectRequest, eyes: Eyes, now: datetime, word: str = "Due ") -> SafeString:
    """The day by which it has to be answered, and how pressing that is; quiet once it is answered."""
    day = date_format(row.due_at.astimezone(eyes.zone), "j M Y")
    if row.state not in OPEN_STATES:
        return SafeString(day)
    if row.due_at < now:
        days = max((now - row.due_at).days, 1)
        return badge(ngettext("%d day overdue", "%d days overdue", days) % days, "bad")
    return badge(f"{word}{day}", "wait" if row.due_at < now + SOON else "")


def hold_state(hold: LegalHold) -> SafeString:
    if hold.released_at:
        return badge("Released")
    return badge("In force", "bad") if hold.approved_at else badge("To approve", "wait")


@dataclass(frozen=True, slots=True)
class Card:
    """What a person's page says of their requests and holds, and what may be done about them."""

    requests: list[tuple[DataSubjectRequest, SafeString, SafeString]]
    holds: list[tuple[LegalHold, SafeString]]
    may_open: bool
    may_hold: bool


def card(contact: Contact, user: Any, eyes: Eyes, now: datetime) -> Card:
    requests = contact.data_subject_requests.order_by("-received_at", "-pk")
    holds = contact.legal_holds.order_by("-placed_at", "-pk")
    is_there = contact.erased_at is None
    return Card(
        requests=[(row, state_of(row), due(row, eyes, now)) for row in requests],
        holds=[(hold, hold_state(hold)) for hold in holds],
        may_open=is_there and roles.may(user, "record_withdrawal", contact.organisation),
        may_hold=is_there and roles.may(user, "approve", contact.organisation),
    )
