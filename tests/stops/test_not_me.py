"""A number that says it is not the one meant, and how somebody comes back after a stop."""

import pytest

from optins.models import (
    ConsentEvent,
    ContactIdentifier,
    Suppression,
)
from tests.stops.answers import VISITS, reasons

pytestmark = pytest.mark.once


@pytest.mark.parametrize("words", ["Not me", "wrong number!", "Ce n’est pas moi", "salah nomor"])
def test_not_me_ends_everything_for_this_number_and_stays_so_until_somebody_there_asks(agreed, words):
    agreed.write(words)
    event = ConsentEvent.objects.latest("recorded_at")
    assert (event.kind, event.purpose, event.reason, event.proved) == ("invalidated", None, "not_me", True)
    assert reasons(agreed) == ["invalidated", "invalidated"]
    assert set(Suppression.objects.values_list("reason", "scope")) == {("not_me", "all")}
    assert not ContactIdentifier.objects.exclude(verified_at=None).exists()
    assert "will not message this number" in agreed.replies()[-1].text
    agreed.write("START")
    agreed.write("yes")
    assert agreed.gate(VISITS)["decision"] == "allow"


def test_not_me_of_a_stranger_is_remembered(clinic):
    clinic.write("JOIN")
    clinic.write("not me")
    assert reasons(clinic) == ["invalidated", "invalidated"]


def test_start_asks_anew_in_todays_wording(agreed):
    agreed.write("STOP")
    agreed.lengthen_the_wording(90)
    agreed.write("START")
    question = agreed.replies()[-1]
    assert "and more and more" in question.text
    assert question.request.translation.version.number == 2
    agreed.tap_button("Yes")
    given = ConsentEvent.objects.filter(kind="given").latest("recorded_at")
    assert (given.translation.version.number, given.proved) == (2, True)
