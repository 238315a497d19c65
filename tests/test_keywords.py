"""What a whole message says, in 44 languages: a missed stop is the costly error, a wrong yes the next."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optins.consent import keywords, stop_words, texts
from optins.consent.keywords import Intent, is_join, means, normalise

pytestmark = pytest.mark.once

DATA = json.loads(keywords._DATA.read_text())["languages"]
ENTRIES = [
    (language["code"], intent, entry)
    for language in DATA
    for intent in Intent
    for entry in language.get(intent, [])
]


def each(condition):
    """Of each language the words for which it holds: a test each would be thousands."""
    found = {}
    for code, intent, entry in ENTRIES:
        if condition(intent, entry):
            found.setdefault(code, []).append(entry["text"])
    return [pytest.param(code, words, id=code) for code, words in found.items()]


def test_there_are_44_languages():
    assert len({language["code"] for language in DATA}) == 44


@pytest.mark.parametrize("kind", [*Intent, "courtesy", "about_messages", "everything"])
def test_each_meaning_has_words_in_each_language(kind):
    def decides(entry):
        return entry.get("auto") is not False

    assert [language["code"] for language in DATA if not any(map(decides, language.get(kind, ())))] == []


@pytest.mark.parametrize("code", [language["code"] for language in DATA])
def test_no_word_says_two_things_in_one_language(code):
    said = {}
    for entry_code, intent, entry in ENTRIES:
        if entry_code == code and entry.get("auto") is not False:
            for form in keywords.forms(entry["text"]):
                said.setdefault(form, set()).add(intent)
    assert {form: intents for form, intents in said.items() if len(intents) > 1} == {}


@pytest.mark.parametrize(("code", "words"), each(lambda i, e: i != "stop" and e.get("auto") is not False))
def test_nothing_that_says_something_else_is_heard_as_a_stop(code, words):
    assert [text for text in words if stop_words.hear(text, [code]).nearness != "none"] == []


@pytest.mark.parametrize(("code", "words"), each(lambda i, e: i == "stop" and e.get("scope") == "any"))
def test_an_unmistakable_stop_word_stops_whatever_the_language(code, words):
    for text in words:
        for form in (text, text.upper(), f" “{text}!” ", unicodedata.normalize("NFD", text)):
            assert means(form, Intent.STOP, []), form


LOCAL = each(lambda i, e: i == "stop" and e.get("scope") == "language" and e.get("auto") is not False)


@pytest.mark.parametrize(("code", "words"), LOCAL)
def test_other_stop_words_stop_in_their_own_language(code, words):
    for text in words:
        assert means(text.title(), Intent.STOP, [code]), text
        assert means(text, Intent.STOP, [f"{code}-XX"]), text


@pytest.mark.parametrize("text", ["acha", "fim", "ende", "basta", "dur", "para", "alto"])
def test_words_that_say_something_else_elsewhere_stop_nobody_there(text):
    assert not means(text, Intent.STOP, ["en", "hi", "fr"])


@pytest.mark.parametrize(("code", "words"), each(lambda i, e: e.get("auto") is False))
def test_doubtful_words_decide_nothing_by_themselves(code, words):
    doubtful = {(intent, e["text"]) for c, intent, e in ENTRIES if c == code and e["text"] in words}
    for intent, text in doubtful:
        assert not means(text, intent, [code]) or any(
            keywords.plain(normalise(e["text"])) == keywords.plain(normalise(text))
            for c, i, e in ENTRIES
            if i == intent and e.get("auto") is not False and (c in (code, "en") or e.get("scope") == "any")
        )


@pytest.mark.parametrize(("code", "words"), each(lambda i, e: i != "stop" and e.get("auto") is not False))
def test_other_words_say_it_in_their_own_language(code, words):
    own = [(i, e["text"]) for c, i, e in ENTRIES if c == code and e.get("auto") is not False]
    said = [(intent, text) for intent, text in own if text in words]
    assert [pair for pair in said if not means(pair[1], pair[0], [code])] == []


@pytest.mark.parametrize(("word", "language"), [("sim", "fr"), ("oui", "pt"), ("ja", "pl"), ("tak", "id"),
    ("si", "sw"), ("da", "tr"), ("yebo", "en"), ("はい", "ko")])  # fmt: skip
def test_yes_counts_in_its_own_language_alone(word, language):
    assert not means(word, Intent.YES, [language])


@pytest.mark.parametrize("text", ["", " ", "ok", "OK", "okay", "👍", "👍🏽", "✅", "❤️", "...", "?", "k"])
def test_silence_ok_and_a_thumb_are_never_yes_in_any_language(text):
    assert not means(text, Intent.YES, [language["code"] for language in DATA])


@pytest.mark.parametrize("code", [language["code"] for language in DATA])
def test_no_word_is_both_yes_and_no_or_yes_and_stop_in_one_language(code):
    words = {i: {normalise(e["text"]) for c, intent, e in ENTRIES if c == code and intent == i
                 and e.get("auto") is not False} for i in Intent}  # fmt: skip
    assert not words[Intent.YES] & (words[Intent.NO] | words[Intent.STOP])


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("name", ["yes", "no", "choose"])
def test_no_label_of_a_button_is_a_stop_word_or_says_the_opposite(language, name):
    label = texts.text(f"button_{name}", language)
    for intent in {Intent.STOP, Intent.START, Intent.YES, Intent.NO} - {name}:
        assert not means(label, intent, [language])


VARIED = {
    "STOP": "stop",
    "S\u200bT\u200dOP": "stop",
    "ｓｔｏｐ": "stop",
    "*Stop*": "stop",
    "“stop”": "stop",
    "STOP 🛑": "stop",
    "Opt-Out": "opt out",
    "opt_out": "opt out",
    "stop\n\nall": "stop all",
    "don’t message me": "don't message me",
    "HAYIR": "hayır",
    "ÇIK": "çık",
    "İPTAL": "iptal",
    "Straße": "STRASSE",
    "\u202bقف\u202c": "قف",
}


@pytest.mark.parametrize(("text", "same"), VARIED.items())
def test_what_people_vary_makes_no_difference(text, same):
    assert normalise(text) == normalise(same)


SPELT = [("NAO", "pt"), ("NÃO", "pt"), ("beeko", "yo"), ("arrêt", "fr"), ("désabonner", "fr"),
         ("الغاء", "ar"), ("قِفْ", "ar"), ("بند كریں", "ur"), ("بـنـد", "ur")]  # fmt: skip


@pytest.mark.parametrize(("text", "language"), SPELT)
def test_accents_and_arabic_letters_may_be_left_out_or_put(text, language):
    assert means(text, Intent.STOP, [language]) or means(text, Intent.NO, [language])


@pytest.mark.parametrize(
    "text", ["bus stop", "non-stop", "don't stop", "stopp it", "ไม่ใช่นะ", "not stop but go"]
)
def test_a_word_inside_other_words_is_not_the_message(text):
    assert not means(text, Intent.STOP, ["de", "th"])
    assert not means(text, Intent.YES, ["de", "th"])


def test_thai_no_contains_yes_and_is_no():
    assert means("ไม่ใช่", Intent.NO, ["th"])
    assert not means("ไม่ใช่", Intent.YES, ["th"])


@given(st.text())
def test_normalising_twice_is_normalising_once_and_never_fails(text):
    once = normalise(text)
    assert normalise(once) == once
    for intent in Intent:
        means(text, intent, ["tr", "ar"])


@pytest.mark.parametrize(("text", "joins"), [("JOIN", True), ("Join!", True), ("join the clinic", True),
    ("join us at the clinic", False), ("joint", False), ("please join", False), ("", False),
    ("Hi Clinic", True), ("hi clinic, please", True), ("hi", False)])  # fmt: skip
def test_a_join_word_begins_the_message_and_little_follows(text, joins):
    assert is_join(text, ["JOIN", "HI CLINIC", ""]) == joins
