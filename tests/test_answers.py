"""An answer is matched by its question: the button's id, the quoted message, or the one that is open."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from optins.models import ConsentRequest, OutboundMessage
from tests.clinic import BSUID, SIPHO, THANDI

pytestmark = pytest.mark.once

BOTH = ("appointment-reminders", "health-tips")
TIPS, VISITS = "health-tips", "appointment-reminders"


def allowed(clinic, *, phone=f"+{THANDI}"):
    return [key for key in BOTH if clinic.gate(key, phone=phone)["decision"] == "allow"]


def sent(clinic, vendor_id, *, place=-1):
    """The platform took a reply and gave it this id."""
    OutboundMessage.objects.filter(pk=clinic.replies()[place].pk).update(vendor_id=vendor_id, state="sent")


@pytest.fixture
def two_questions(clinic):
    """Two open questions: about tips by a forwarded code, then about visits by another."""
    for key, vendor_id in ((TIPS, "about-tips"), (VISITS, "about-visits")):
        clinic.write(clinic.choose(key), forwarded=True)
        sent(clinic, vendor_id)
    return clinic


def test_a_button_answers_its_own_question_whatever_was_asked_since(two_questions):
    first = two_questions.replies()[0].buttons[0]
    two_questions.write(button=first)
    assert allowed(two_questions) == [TIPS]


def test_a_quoted_reply_answers_the_quoted_question(two_questions):
    two_questions.write("yes", context_id="about-tips")
    assert allowed(two_questions) == [TIPS]
    two_questions.write("No", context_id="about-visits")
    assert two_questions.gate(VISITS)["reason"] == "refused"


def test_a_word_that_quotes_a_message_of_somebody_else_answers_nothing_of_ours(clinic):
    clinic.write("JOIN")
    clinic.write("yes", context_id="the-bots-own-question")
    assert clinic.events() == []
    clinic.write("yes")
    assert allowed(clinic) == [*BOTH]


def test_either_part_of_a_long_question_may_be_quoted(clinic):
    clinic.lengthen_the_wording(1500)
    clinic.write("JOIN")
    sent(clinic, "the-wording", place=-2)
    clinic.write("yes", context_id="the-wording")
    assert allowed(clinic) == [*BOTH]


def test_a_typed_yes_with_several_open_questions_is_asked_again_and_then_counts(two_questions):
    two_questions.write("yes")
    assert two_questions.events() == []
    again = two_questions.replies()[-1]
    assert [p.key for p in again.request.purposes.all()] == [VISITS]
    assert again.buttons
    two_questions.write("yes")
    assert allowed(two_questions) == [VISITS]
    two_questions.write("yes")
    assert allowed(two_questions) == [*BOTH]


def test_a_typed_no_with_several_open_questions_is_asked_again_too(two_questions):
    two_questions.write("no")
    assert two_questions.events() == []
    two_questions.write("no")
    assert two_questions.gate(VISITS)["reason"] == "refused"


def test_the_same_question_twice_is_one_question_to_words(clinic):
    clinic.write("JOIN")
    clinic.write("JOIN")
    clinic.write("yes")
    assert allowed(clinic) == [*BOTH]


def test_an_expired_question_is_put_again_once_and_counts_then(clinic):
    clinic.write("JOIN")
    old = clinic.replies()[-1].buttons[0]
    ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    clinic.write("yes")
    assert clinic.replies()[1:] == []
    clinic.write(button=old)
    clinic.write(button=old)
    assert clinic.events() == []
    assert len(clinic.replies()) == 2
    clinic.tap_button("Yes")
    assert allowed(clinic) == [*BOTH]


def test_an_answer_to_somebody_elses_question_is_nothing(clinic):
    clinic.write("JOIN")
    theirs = clinic.replies()[-1].buttons[0]
    for who in ({"person": SIPHO}, {"person": "", "bsuid": BSUID}):
        clinic.write(button=theirs, **who)
    assert clinic.events() == []
    assert clinic.replies(SIPHO) == []


@pytest.mark.parametrize("id", ["sayso:unknown:yes", "sayso:", "sayso::yes", "sayso:{q}:maybe",
                                "sayso:{q}:yes:no-such-purpose", "optin:yes:v3", "::::"])  # fmt: skip
def test_a_button_that_is_not_ours_or_says_nothing_we_asked_is_left_alone(clinic, id):
    clinic.write("JOIN")
    question = clinic.replies()[-1].request.question_id
    clinic.write(button={"id": id.format(q=question), "title": "Yes, please"})
    assert clinic.events() == []
    assert len(clinic.replies()) == 1


@pytest.mark.parametrize("title", ["Cancel", "Annuler", "Yes", "START", "JOIN", "HELP", "No", "K7QX4MZ1"])
def test_titles_of_the_organisations_own_buttons_say_nothing(clinic, title):
    clinic.write(clinic.choose(TIPS))
    clinic.choose(VISITS, number=f"+{THANDI}")
    before = len(clinic.replies())
    clinic.write(button={"id": "booking:42", "title": title})
    assert allowed(clinic) == [TIPS]
    assert len(clinic.replies()) == before


def test_a_forwarded_yes_is_no_answer_and_leaves_the_question_open(clinic):
    clinic.write("JOIN")
    clinic.write("yes", forwarded=True)
    clinic.write("no", forwarded=True)
    assert clinic.events() == []
    clinic.write("yes")
    assert allowed(clinic) == [*BOTH]


def test_yes_to_a_question_from_before_a_stop_counts_for_nothing_and_asks_anew(clinic):
    clinic.write("JOIN")
    before = clinic.replies()[-1].buttons[0]
    clinic.write("STOP")
    clinic.write(button=before)
    assert allowed(clinic) == []
    clinic.write(button=before)
    assert len(clinic.replies()) == 3  # the question, the confirmation, and one question anew
    clinic.tap_button("Yes")
    assert allowed(clinic) == [*BOTH]


@pytest.mark.parametrize("how", ["typed", "tapped"])
def test_whoever_changes_their_mind_may_say_so(clinic, how):
    clinic.write("JOIN")
    yes, _choose, no = clinic.replies()[-1].buttons
    say = {"typed": {"yes": {"text": "yes"}, "no": {"text": "no"}},
           "tapped": {"yes": {"button": yes}, "no": {"button": no}}}[how]  # fmt: skip
    clinic.write(**say["yes"])
    clinic.write(**say["no"])
    assert clinic.gate()["reason"] == "refused"
    clinic.write(**say["yes"])
    clinic.write("yes")
    assert allowed(clinic) == [*BOTH]
    clinic.write(**say["no"])
    assert allowed(clinic) == []


def test_each_no_counts_however_fast_it_follows_a_yes(clinic):
    with time_machine.travel(timezone.now(), tick=False):
        clinic.write("JOIN")
        yes, _choose, no = clinic.replies()[-1].buttons
        for button in (yes, no, yes):
            clinic.write(button=button)
        clinic.write("yes")
        assert allowed(clinic) == [*BOTH]
        clinic.write(button=no)
        assert allowed(clinic) == []


def test_a_second_yes_without_a_question_is_left_to_the_organisations_own_bot(clinic):
    clinic.write("JOIN")
    clinic.write("yes")
    before = len(clinic.replies())
    clinic.write("yes")
    assert len(clinic.replies()) == before


def test_let_me_choose_asks_about_each_by_itself(clinic):
    clinic.write("JOIN")
    clinic.tap_button("Let me")
    about_visits, about_tips = clinic.replies()[-2:]
    clinic.write(button=about_tips.buttons[0])
    assert allowed(clinic) == [TIPS]
    clinic.write("no")
    assert clinic.gate(VISITS)["reason"] == "refused"
    assert allowed(clinic) == [TIPS]
    assert about_visits.request.parent_id == about_tips.request.parent_id


def test_a_question_that_was_lost_on_its_way_is_answered_by_no_word(clinic):
    clinic.write("JOIN")
    OutboundMessage.objects.update(state="failed")
    clinic.write("yes")
    assert clinic.events() == []


def test_yes_in_another_language_is_asked_again_in_that_language(clinic):
    clinic.write(clinic.choose(TIPS), forwarded=True)
    clinic.write("sim")
    assert clinic.events() == []
    assert clinic.replies()[-1].request.language == "pt"
    clinic.write("sim")
    assert allowed(clinic) == [TIPS]


@pytest.mark.parametrize("word", ["ok", "OK!", "👍", "✅", "sure", "yeah", "k", "thanks", "", "yes no"])
def test_what_is_no_clear_yes_is_none(clinic, word):
    clinic.write("JOIN")
    clinic.write(word)
    assert clinic.events() == []
