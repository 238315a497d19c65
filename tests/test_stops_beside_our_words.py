"""A stop counts beside our own words, too: our name, our sentence, a code, a join word."""

import pytest

from optins.models import CaptureChannel, ReviewItem

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
    "stop all of it {code}": ("consent", "marketing_stopped"),
    "{sentence}": ("consent", "consent"),
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
