"""A stop counts beside our own words, too: our name, our sentence, a code, a join word."""

import pytest

from optins.models import CaptureChannel, ReviewItem
from tests.clinic import BSUID

pytestmark = pytest.mark.once

TIPS, VISITS = "health-tips", "appointment-reminders"

# What they write after they agreed to both, and what the gate says then of visits and of tips.
BESIDE = {
    "stop Riverside Clinic": ("withdrawn", "withdrawn"),
    "Riverside Clinic, stop stop": ("withdrawn", "withdrawn"),
    "{sentence} stop": ("consent", "withdrawn"),
    "Health stop": ("withdrawn", "withdrawn"),
    "Health tips stop": ("consent", "withdrawn"),
    "stop health tips {code}": ("consent", "withdrawn"),
    "not me {code}": ("invalidated", "invalidated"),
    "stop all of it {code}": ("withdrawn", "withdrawn"),
    "bus stop {code}": ("consent", "marketing_stopped"),
    "{sentence}": ("consent", "consent"),
    "S. T. O. P.": ("withdrawn", "withdrawn"),
    "Health please": ("consent", "consent"),
    "{code} hello Riverside Clinic": ("consent", "consent"),
}


@pytest.mark.parametrize("text", BESIDE)
def test_a_stop_beside_our_own_words_counts_and_our_own_words_alone_are_none(clinic, text):
    CaptureChannel.objects.filter(pk=clinic.thread.pk).update(join_words=["Health"])
    said = clinic.choose(TIPS, VISITS)
    sentence, code = said.rsplit(" ", 1)
    clinic.write(said)
    clinic.write(text.format(sentence=sentence, code=code))
    assert (clinic.gate(VISITS)["reason"], clinic.gate(TIPS)["reason"]) == BESIDE[text]
    assert ReviewItem.objects.count() == ("marketing_stopped" in BESIDE[text])


def test_to_be_forgotten_is_asked_about_beside_a_code_as_well(clinic):
    said = clinic.choose(TIPS)
    clinic.write(said)
    clinic.write(f"forget me {said.split()[-1]}")
    assert clinic.replies()[-1].request.kind == "forget"


def test_what_may_be_a_stop_holds_marketing_back_for_all_who_may_be_the_same_person(clinic):
    clinic.write(clinic.choose(TIPS))
    clinic.write(clinic.choose(TIPS), person="", bsuid=BSUID)
    clinic.write("hello", bsuid=BSUID)  # the same phone has both: a link is proposed
    assert clinic.gate(TIPS)["decision"] == "allow"
    clinic.write("bus stop", person="", bsuid=BSUID)
    assert clinic.gate(TIPS)["reason"] == "marketing_stopped"
    assert clinic.gate(TIPS, bsuid=BSUID)["reason"] == "marketing_stopped"
