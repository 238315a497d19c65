"""Whoever comes near a stop is asked whether everything shall stop; nearly whatever they say is a yes."""

import itertools

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optins.consent import keywords, scope_words, stop_words, word_lists
from optins.consent.keywords import Intent
from optins.models import CaptureChannel
from tests.clinic import THANDI
from tests.stops.answers import TIPS, reasons

pytestmark = pytest.mark.once

STOPPED = ["withdrawn", "withdrawn"]


@pytest.fixture
def asked(agreed):
    """She came near a stop: marketing has stopped, and about the rest she was asked."""
    agreed.write("Stop, thank you")
    assert agreed.replies()[-1].request.kind == "scope"
    assert reasons(agreed) == ["consent", "withdrawn"]
    return agreed


YES = ["yes", "Yes, stop", "yes please stop", "please stop", "I said yes", "yes please", "Ja, stop asseblief",
       "all", "Everything please", "all of it", "alles", "stop it!!", "just stop", "yebo", "bus stop",
       "STOP SENDING ME THINGS that I do not want to read about at all"]  # fmt: skip


@pytest.mark.parametrize("text", YES)
def test_whatever_says_yes_or_stop_again_stops_everything(asked, text):
    asked.write(text)
    assert reasons(asked) == STOPPED
    assert "tap it below" in asked.replies()[-1].text
    # The question is settled: what they say next answers the newer one.
    asked.tap_button("Appointment")
    assert reasons(asked) == ["consent", "withdrawn"]


OTHER = ["no", "No, thanks", "When are you open?", "cancel my appointment", "stop health tips", "HELP"]


@pytest.mark.parametrize("text", OTHER)
def test_a_no_and_what_is_about_something_else_leave_everything_as_it_was(asked, text):
    asked.write(text)
    assert reasons(asked) == ["consent", "withdrawn"]


def test_a_yes_that_answers_somebody_elses_message_or_is_forwarded_is_none_to_this_question(asked):
    asked.write("Yes, I will come", context_id="wamid.of-an-agent")
    asked.write("Yes, please", forwarded=True)
    assert reasons(asked) == ["consent", "withdrawn"]
    asked.write("Yes, stop", context_id="wamid.of-an-agent")
    assert reasons(asked) == STOPPED


def test_an_older_question_about_consent_does_not_make_the_yes_unclear(clinic):
    clinic.write(clinic.choose("appointment-reminders"))
    clinic.write("JOIN")
    assert clinic.replies()[-1].request.kind == "consent"
    clinic.write("stop, thanks")
    clinic.write("yes")
    assert clinic.gate()["reason"] == "withdrawn"


def test_a_newer_question_is_answered_first(asked):
    asked.write("JOIN")
    asked.write("yes please")
    assert reasons(asked)[0] == "consent"


def test_a_template_button_and_an_edited_message_that_come_near_a_stop_say_yes_as_well(asked):
    mark = transaction.savepoint()
    asked.write_raw(type="button", button={"payload": "x", "text": "Stop promotions"})
    assert reasons(asked) == STOPPED
    transaction.savepoint_rollback(mark)
    CaptureChannel.objects.update(replies="none")
    asked.write_raw(type="button", button={"payload": "x", "text": "Yes"})
    assert reasons(asked)[0] == "consent"


SPOKEN = stop_words.spoken_in(["en", "zu"], ["ZA"])
HEARD = [w for w, scopes in keywords.scopes(Intent.STOP).items()
         if not SPOKEN.isdisjoint(scopes) and w not in word_lists.everyday()]  # fmt: skip
YESES = [w for w, scopes in keywords.scopes(Intent.YES).items() if not SPOKEN.isdisjoint(scopes)]
others = st.lists(
    st.sampled_from(["please", "then", "do", "that", "now", "bus", "the", "offers"]), max_size=4
)
modest = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@modest
@given(st.sampled_from(HEARD), others, others)
def test_no_message_with_a_stop_word_leaves_anything_allowed_while_the_question_is_open(
    asked, phrase, before, after
):
    leaves_nothing(asked, " ".join([*before, phrase, *after]))


@modest
@given(st.sampled_from(YESES), others)
def test_no_short_message_with_a_yes_does_either(asked, phrase, after):
    leaves_nothing(asked, " ".join([phrase, *after][: stop_words.MOST_WORDS]))


def leaves_nothing(clinic, text):
    mark = transaction.savepoint()
    clinic.write(text, person=THANDI)
    assert reasons(clinic) == STOPPED, text
    transaction.savepoint_rollback(mark)


@pytest.mark.parametrize("code", keywords.languages())
def test_everything_has_a_word_in_each_language(code):
    language = next(each for each in keywords.data()["languages"] if each["code"] == code)
    for entry in language["everything"]:
        assert scope_words.means_everything(entry["text"], [])
        assert scope_words.means_everything(f"{entry['text']}!", ["en"])


def test_a_long_message_and_a_word_that_may_be_another_say_no_yes():
    for text in ("I can not say whether the yes of last week was mine", "no se si puedo", "hello", "", TIPS):
        assert not scope_words.means_everything(text, ["en", "es"]), text
    assert scope_words.means_everything("sí, por favor", ["es"])
    assert not any(itertools.starmap(scope_words.means_everything, [("ja", ["pl"]), ("tak", ["id"])]))
