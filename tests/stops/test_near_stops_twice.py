"""Who comes near a stop twice within a day means everything, in whatever order the messages arrive."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from tests.stops.answers import TIPS, VISITS, reasons

pytestmark = pytest.mark.once

NEAR = {"near": "stop, thank you", "near again": "Please stop"}
STOPPED, KEPT = ["withdrawn", "withdrawn"], ["consent", "withdrawn"]
# She had agreed to both. What she wrote then and when (in seconds), when its code was made, what it comes to.
HISTORIES = {
    "nothing between": ({"near": 110, "near again": 120}, {}, STOPPED),
    "in one second": ({"near": 110, "near again": 110}, {}, STOPPED),
    "another question between": ({"near": 110, TIPS: 115, "near again": 120}, {TIPS: 100}, STOPPED),
    "a fresh yes between": ({"near": 110, VISITS: 115, "near again": 120}, {VISITS: 112}, STOPPED),
    "a stop and a yes between": (
        {"near": 110, "STOP": 112, VISITS: 115, "near again": 120},
        {VISITS: 114},
        STOPPED,
    ),
    "a fresh yes after": ({"near": 110, "near again": 120, VISITS: 130}, {VISITS: 125}, KEPT),
    "once, and a yes": ({"near": 110, VISITS: 120}, {VISITS: 115}, KEPT),
}
CASES = [
    pytest.param(history, order, id=f"{history}: {', '.join(order)}")
    for history, (sent, *_) in HISTORIES.items()
    for order in permutations(sent)
]


@pytest.mark.parametrize(("history", "order"), CASES)
def test_two_near_stops_within_a_day_stop_everything_in_whatever_order_they_come(clinic, history, order):
    sent, made, expected = HISTORIES[history]
    start = timezone.now().replace(microsecond=0) - timedelta(minutes=10)
    clinic.write(clinic.choose(TIPS, VISITS, at=start), at=start + timedelta(seconds=10))
    codes = {key: clinic.choose(key, at=start + timedelta(seconds=at)) for key, at in made.items()}
    for what in (*order, *order):
        text = codes.get(what) or NEAR.get(what, what)
        clinic.write(text, id=what, at=start + timedelta(seconds=sent[what]))
    assert reasons(clinic) == expected


def test_a_no_to_the_question_ends_it_and_the_next_near_stop_asks_anew(agreed):
    agreed.write("stop, thank you")
    agreed.tap_button("No")
    agreed.write("please stop")
    assert reasons(agreed) == KEPT
    assert agreed.replies()[-1].request.kind == "scope"


def test_what_was_kept_after_a_stop_ends_with_the_next_near_one(agreed):
    """Nothing is left that it could mean but what they kept."""
    agreed.write("stop, thank you")
    agreed.write("yes")
    agreed.tap_button("Appointment")
    assert reasons(agreed) == KEPT
    agreed.write("please stop")
    assert reasons(agreed) == STOPPED
