"""What a person may be messaged about does not depend on the order in which their messages arrive."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clinic import SIPHO, THANDI
from tests.stops.answers import TIPS, VISITS

pytestmark = pytest.mark.once

WORDS = ["STOP", "stop, thank you", "please stop", "stop health tips", "not me", "JOIN", "hello", "LOSS"]
# A code is made a few seconds before it is sent, so that a stop can come between.
messages = st.one_of(
    st.sampled_from(WORDS),
    st.tuples(st.sampled_from([(TIPS,), (VISITS,), (TIPS, VISITS)]), st.integers(0, 9)),
)


@st.composite
def histories(draw):
    sent = draw(st.lists(messages, min_size=2, max_size=6))
    return sent, draw(st.permutations(range(len(sent))))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories())
def test_in_whatever_order_messages_arrive_the_same_is_allowed(clinic, history):
    sent, order = history
    start = timezone.now().replace(microsecond=0) - timedelta(minutes=10)
    codes = {
        place: clinic.choose(*each[0], at=start + timedelta(seconds=3 * place - each[1]))
        for place, each in enumerate(sent)
        if not isinstance(each, str)
    }

    def write(place, person):
        text = codes.get(place) or sent[place]
        clinic.write(text, person=person, id=f"{person}/{place}", at=start + timedelta(seconds=3 * place))

    mark = transaction.savepoint()
    for place in range(len(sent)):
        write(place, THANDI)
    for place in order:
        write(place, SIPHO)
    told = [
        (clinic.gate(key, phone=f"+{who}")["decision"]) for who in (THANDI, SIPHO) for key in (TIPS, VISITS)
    ]
    transaction.savepoint_rollback(mark)
    assert told[:2] == told[2:]
