"""Conversations of any sort through the real rules: without a yes no consent; a stop in any state stops."""

import itertools

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels_capture import conversation, registry
from channels_capture.base import Arrival, Message
from optins.consent import keywords, locking
from optins.consent.keywords import Intent
from optins.consent.signal import whatsapp
from optins.models import ConsentEvent, ConsentRecord, OutboundMessage
from tests.clinic import BSUID, THANDI

pytestmark = pytest.mark.once

WHO = whatsapp(digits=THANDI, bsuid=BSUID)
_ids = itertools.count()
# Words that say yes to nothing by themselves: wishes, near stops, doubts, help, thumbs, other people's words.
NO_YES = ["JOIN", "START", "HELP", "ok", "👍", "stop, thank you", "bus stop", "hello", "forget me", "no",
          "STOP health tips", "wrong number", "K7M3Q2", "12345678", ""]  # fmt: skip
STOPS = [word for word, scopes in keywords.scopes(Intent.STOP).items() if "*" in scopes]
modest = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def say(clinic, text, *, tap="", forwarded=False):
    """One message from her; ``tap``: the newest button that says so."""
    buttons = (b for m in OutboundMessage.objects.order_by("-pk") for b in m.buttons if f":{tap}" in b["id"])
    button = next(buttons, None) if tap else None
    now = timezone.now()
    message = Message(
        id=str(next(_ids)),
        identifiers=WHO,
        occurred_at=now,
        text=button["title"] if button else text,
        payload=button["id"] if button else "",
        forwarded=forwarded,
    )
    adapter = registry.adapter_of(clinic.thread)
    held = locking.hold(clinic.organisation, WHO)
    conversation.handle(Arrival(clinic.thread, message, adapter, now, now, held))


said = st.tuples(st.sampled_from(NO_YES), st.sampled_from(["", "", "no", "choose"]))
forwarded_yes = st.just(("yes", "forwarded"))


@modest
@given(st.lists(said | forwarded_yes, max_size=6))
def test_whatever_is_written_without_a_yes_to_an_open_question_nothing_is_given(clinic, messages):
    mark = transaction.savepoint()
    for text, how in messages:
        say(clinic, text, tap=how if how in ("no", "choose") else "", forwarded=how == "forwarded")
    assert not ConsentEvent.objects.filter(kind="given").exists()
    transaction.savepoint_rollback(mark)


# Whoever is erased is not there any more to be stopped: nobody asks for it here.
anything = st.tuples(
    st.sampled_from([*(text for text in NO_YES if text != "forget me"), "yes", "code"]),
    st.sampled_from(["", "yes", "no", "choose"]),
)


@modest
@given(st.lists(anything, max_size=5), st.sampled_from(STOPS))
def test_a_stop_word_of_any_language_in_any_state_ends_stopped(clinic, messages, stop):
    mark = transaction.savepoint()
    code = clinic.choose("health-tips")
    for text, tap in messages:
        say(clinic, code if text == "code" else text, tap=tap)
    say(clinic, stop)
    newest = ConsentEvent.objects.order_by("recorded_at", "id").last()
    assert (newest.kind, newest.purpose) == ("withdrawn", None)
    assert not ConsentRecord.objects.exclude(grant=None).exists()
    assert {clinic.gate(key)["decision"] for key in clinic.purposes} == {"deny"}
    transaction.savepoint_rollback(mark)
