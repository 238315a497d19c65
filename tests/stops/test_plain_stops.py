"""Stops as people write them in a temper, or in their own words: each of them reaches somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optins.consent import keywords, stop_words, stretched, word_lists
from optins.consent.keywords import Intent
from optins.consent.stop_words import Nearness
from optins.models import ReviewItem
from tests.stops.answers import reasons

pytestmark = pytest.mark.once

ALL, MARKETING = ["withdrawn", "withdrawn"], ["consent", "withdrawn"]
WRITTEN = {
    "stoppp": ALL, "STOP1": ALL, "opt me out": ALL, "no more messages": ALL, "take me off your list": ALL,
    "I don't want these messages any more": ALL, "arrêtez !": ALL, "Stop STOP stopppp!!": ALL,
    "unsubscribe from all of your lists immediately please and confirm": MARKETING,
    "do not message me again": MARKETING, "STOP! STOP! please": MARKETING, "STOP 1": MARKETING,
    "Please unsubscribe my number from everything you send out": ["consent", "marketing_stopped"],
    "we must stop this bill": ["consent", "consent"],
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_a_plain_stop_stops_in_whatever_words(agreed, text):
    agreed.write(text)
    assert reasons(agreed) == WRITTEN[text]
    assert ReviewItem.objects.exists() == ("marketing_stopped" in WRITTEN[text])


def near(text, *languages):
    return str(stop_words.hear(text, languages).nearness)


NO_MORE = {
    "fr": "Je ne veux plus de messages", "es": "no quiero más mensajes", "pt": "não quero mais mensagens",
    "de": "Schreiben Sie mir nicht mehr!", "sw": "Msinitumie ujumbe tena", "id": "jangan kirim pesan lagi",
    "zu": "angisafuni imilayezo", "af": "Geen boodskappe meer nie.", "hi": "मुझे मैसेज मत भेजो",
    "ar": "لا أريد المزيد من الرسائل", "zh": "不要再给我发消息", "ru": "больше не пишите",
}  # fmt: skip


@pytest.mark.parametrize(("code", "text"), NO_MORE.items())
def test_no_more_messages_is_a_stop_in_the_languages_of_our_people_wherever_it_is_said(code, text):
    assert near(text, code) == near(text, "eo") == "exact"


def test_what_people_mean_to_stop_themselves_is_told_by_what_stands_before_and_after():
    none = ["We have got to stop this bill", "let's stop malaria", "Help us stop the violence",
            "Wir müssen die Abholzung nicht nur stoppen"]  # fmt: skip
    assert {near(text, "en") for text in none} == {"none"}
    # Not where nothing follows, where it is about messages, or where somebody else is told to.
    unsure = ["We must stop", "we must stop your messages here", "you must stop this campaign"]
    assert {near(text, "en") for text in unsure} == {"unsure"}


def test_what_is_added_to_a_word_is_left_out_where_it_makes_a_stop_and_nowhere_else():
    assert [near(text, "en") for text in ("stopppp", "ENDDDD", "unsubscribe2026", "stop99")] == ["exact"] * 4
    assert near("STOP these1 messagessss", "en") == "near"
    # Two letters may be another word: "Finn" is no Spanish "fin".
    assert [near(text, "es") for text in ("Finn", "stopping", "nonstop", "2stop")] == ["none"] * 4
    assert not keywords.means("stoppp", Intent.STOP, ["en"])
    assert not keywords.means("yesss", Intent.YES, ["en"])
    assert not keywords.means("yes1", Intent.YES, ["en"])


STOPS = sorted(keywords.scopes(Intent.STOP))


@given(st.lists(st.sampled_from(STOPS), min_size=1, max_size=5))
def test_stop_words_alone_stop_however_often_and_with_whatever_is_added(phrases):
    spoken = keywords.languages()
    for text in (" ".join(phrases), "! ".join(phrases), " ".join(f"{phrase}1" for phrase in phrases)):
        assert stop_words.hear(text, spoken).nearness == Nearness.EXACT, text


@given(st.sampled_from(STOPS), st.integers(min_value=1, max_value=4))
def test_a_stop_word_with_its_last_letter_held_down_stops(phrase, times):
    letters = "".join(phrase.split())
    if letters[-1].isalpha():
        written = phrase + letters[-1] * (times + 1)
        assert stop_words.hear(written, keywords.languages()).nearness == Nearness.EXACT, written


@given(st.lists(st.text(max_size=8), max_size=6))
def test_folding_is_done_once_and_never_fails(words):
    once = stretched.folded(words)
    assert stretched.folded(once) == once
    assert len(once) == len(words)


def test_what_says_that_people_mean_it_themselves_holds_no_stop_word():
    for words in word_lists.our_own():
        assert near(words, *keywords.languages()) == "none", words
