"""Confirmation, rules 1 to 7: who sent which code, what they made of it, and what had happened before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.clinic import SIPHO, THANDI
from tests.code_messages import MESSAGES

pytestmark = pytest.mark.once

NOTHING = ("", "unknown_contact", "")
ASKED = ("", "unknown_contact", "consent")
ASKED_IF_THAT_WAS_THEM = ("", "unknown_contact", "was_that_you")
# (what was typed where the code was made, what its message says): events, gate, question to the sender
FIRST = {
    ("nothing", "counts"): ("given", "consent", ""),
    ("nothing", "asks"): ASKED,
    ("nothing", "refuses"): ("refused", "refused", ""),
    ("nothing", "stops"): ("withdrawn", "withdrawn", ""),
    ("nothing", "fails"): ASKED,
    ("their number", "counts"): ("given", "consent", ""),
    ("their number", "asks"): ASKED,
    ("their number", "refuses"): ("refused", "refused", ""),
    ("their number", "stops"): ("withdrawn", "withdrawn", ""),
    ("their number", "fails"): ASKED_IF_THAT_WAS_THEM,
    ("another number", "counts"): ASKED_IF_THAT_WAS_THEM,
    ("another number", "asks"): ASKED_IF_THAT_WAS_THEM,
    ("another number", "refuses"): ("refused", "refused", ""),
    ("another number", "stops"): ("withdrawn", "withdrawn", ""),
    ("another number", "fails"): ASKED,
}
# After a stop the code was asked for before: it goes on record, counts for nothing and brings a question.
AFTER_A_STOP = {
    ("nothing", "counts"): ("withdrawn given", "withdrawn", "consent"),
    ("nothing", "asks"): ("withdrawn", "withdrawn", "consent"),
    ("nothing", "refuses"): ("withdrawn refused", "refused", ""),
    ("nothing", "stops"): ("withdrawn withdrawn", "withdrawn", ""),
    ("nothing", "fails"): ("withdrawn", "withdrawn", "consent"),
    ("another number", "counts"): ("withdrawn", "withdrawn", "was_that_you"),
    ("another number", "asks"): ("withdrawn", "withdrawn", "was_that_you"),
    ("another number", "refuses"): ("withdrawn refused", "refused", ""),
    ("another number", "stops"): ("withdrawn withdrawn", "withdrawn", ""),
    ("another number", "fails"): ("withdrawn", "withdrawn", "consent"),
}
for _, says in [*AFTER_A_STOP]:
    AFTER_A_STOP["their number", says] = AFTER_A_STOP["nothing", says]
OUR_OWN = "+27 82 000 0900"  # stands in the small print
TYPED = {"nothing": "", "their number": f"+{THANDI}", "another number": f"+{SIPHO}"}


def expected(typed, says, *, forwarded, stopped):
    """A forwarded message never counts and never refuses: it asks. A stop in it is a stop."""
    if forwarded and says in ("counts", "refuses"):
        says = "asks"
    return (AFTER_A_STOP if stopped else FIRST)[typed, says]


@pytest.mark.parametrize("stopped", [False, True], ids=["first", "after a stop"])
@pytest.mark.parametrize("forwarded", [False, True], ids=["sent", "forwarded"])
@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("typed", TYPED)
def test_what_a_message_with_a_code_comes_to(clinic, typed, message, forwarded, stopped):
    now = timezone.now()
    edit, says = MESSAGES[message]
    sentence = clinic.choose("health-tips", number=TYPED[typed], at=now - timedelta(minutes=10))
    if stopped:
        clinic.write("STOP", at=now - timedelta(minutes=5))
    clinic.write(edit(sentence, clinic), forwarded=forwarded, at=now - timedelta(minutes=1))
    assert outcome(clinic) == expected(typed, says, forwarded=forwarded, stopped=stopped)


def outcome(clinic):
    """The events in order, what the gate says, and the kind of the last reply, if it is a question."""
    replies = clinic.replies()
    assert all("+" not in reply.text.replace(OUR_OWN, "") for reply in replies)
    last = replies[-1].request if replies else None
    kinds = " ".join(kind for kind, *_ in clinic.events())
    return kinds, clinic.gate("health-tips")["reason"], last.kind if last else ""
