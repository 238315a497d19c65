"""Letters that look like others: a stop in them is heard, nobody's own words are, and never a yes."""

from itertools import product

import pytest

from optins.consent import keywords, look_alikes, stop_words
from optins.consent.keywords import Intent, languages_of, means
from tests.test_keywords import DATA, ENTRIES

pytestmark = pytest.mark.once

EVERY = [language["code"] for language in DATA]
AGAINST = (Intent.STOP, Intent.NO, Intent.NOT_ME)

# Cyrillic letters, but for the Greek ones that are marked.
DRAWN = {
    "ЅТОР": Intent.STOP,
    "STОP": Intent.STOP,
    "ѕтор": Intent.STOP,
    "SΤΟP": Intent.STOP,  # Greek tau and omicron
    "“Ѕtор!”": Intent.STOP,
    "Ѕ Т О Р": Intent.STOP,
    "ＳТＯР": Intent.STOP,  # as wide as Chinese characters
    "САNСЕL": Intent.STOP,
    "unѕubѕсrіbе": Intent.STOP,
    "CTOП": Intent.STOP,  # Latin C, T and O
    "NО": Intent.NO,
    "ΝΟ": Intent.NO,  # Greek, both
    "Nο": Intent.NO,  # Greek omicron
    "nоt mе": Intent.NOT_ME,
    "wrоng numbеr": Intent.NOT_ME,
}

# Words of their own in Russian, Ukrainian, Bulgarian, Macedonian and Greek.
OWN = """
но не он она оно то та те тот сто сор рот тор ор мор морс сок сом рок рис мост рост тост простор сто раз
мама папа сестра скоро просто спасибо хорошо завтра нора пора море осень когда хата хор тато рис тарас
сум сорок оса коса роса метро ресторан кто хто ото от об со во оба сосна насос тесто место вот вас нас
сік час рік вона воно нема може або так ні добре стор топ стопка остановка не надо тоа оваа тој тие ѕид
ναι να όχι οχι όμως το τα τον των τη την με μη μην νέο νέε ναό νόμος ποτέ τώρα Ν Ο Ναι ΝΑΙ ΝΑΟ ΝΕΕ ΝΑ ΤΟ
ΤΟΝ ΤΟΠΟΣ ΝΕΟ ΝΕΑ ΟΜΟΡΦΟ ΣΕ ΜΕ ΜΗ ΜΗΝ
"""


def as_written(text, intent):
    forms = keywords.forms(text)
    return frozenset().union(*(keywords.scopes(intent).get(form, ()) for form in forms))


@pytest.mark.parametrize(("text", "intent"), DRAWN.items())
def test_what_looks_like_a_stop_or_a_no_is_heard_as_one(text, intent):
    languages = ["ru"] if "П" in text else []
    if intent == Intent.STOP:
        assert stop_words.hear(text, languages).nearness == stop_words.Nearness.EXACT
    else:
        assert means(text, intent, languages)
    assert not any(means(text, other, EVERY) for other in {Intent.YES, Intent.START})


@pytest.mark.parametrize(
    "text", ["YЕS", "УЕЅ", "ЅТАRТ", "JОIN", "НЕLР", "ОK", "СІ", "ЈА", "ΝΑΙ", "уеs", "Уes"]
)
def test_nothing_is_a_yes_or_a_wish_or_anything_else_for_how_it_looks(text):
    for intent in set(Intent) - set(AGAINST):
        assert not languages_of(text, intent)


@pytest.mark.parametrize("code", EVERY)
def test_no_word_of_the_44_languages_means_anything_else_than_before(code):
    for text in {entry["text"] for of, _, entry in ENTRIES if of == code}:
        for form, said in product((text, text.upper(), text.title(), f"{text}!"), Intent):
            assert languages_of(form, said) == as_written(form, said), (form, said)


@pytest.mark.parametrize("kind", ["courtesy", "about_messages"])
def test_no_word_that_stands_beside_others_means_more_than_before(kind):
    words = [entry["text"] for language in DATA for entry in language.get(kind, [])]
    assert len(words) > 20
    for text, said in product([*words, *map(str.upper, words)], Intent):
        assert languages_of(text, said) == as_written(text, said), (text, said)


@pytest.mark.parametrize("words", OWN.strip().splitlines())
def test_words_of_languages_with_such_letters_are_not_misheard(words):
    for word in words.split():
        for form, intent in product((word, word.upper(), word.title()), Intent):
            assert languages_of(form, intent) == as_written(form, intent), (form, intent)
        assert stop_words.hear(word, ["en", "ru", "uk"]).nearness == stop_words.Nearness.NONE, word


def test_these_are_all_the_words_that_letters_of_one_script_alone_can_look_like():
    """None of them is a word where these letters are at home; a new one is to be looked at."""
    drawable = {}
    for script, letters in look_alikes.letters().items():
        latin = set("".join(letters.values()).lower())
        drawable[script] = sorted(
            word
            for intent in AGAINST
            for word, scopes in keywords.scopes(intent).items()
            if set(word) - {" "} <= latin and len(word) > 1 and not scopes.isdisjoint({"*", "en"})
        )
    assert drawable == {
        "Cyrillic": [
            "basta messaggi", "c est pas moi", "comot me", "ki i se emi", "kii se emi", "pas moi",
            "sai so", "si mimi", "sio mimi", "sitisha", "siyo mimi", "stop", "stop messages", "stopit",
            "stopp", "td",
        ],
        "Greek": [
            "aapu", "akumina", "akuyimina", "ba ni ba ne", "hou op", "nie ek nie", "no", "no be me",
            "nope", "not me", "opt me out", "opt out", "optout", "teken uit",
        ],
    }  # fmt: skip
