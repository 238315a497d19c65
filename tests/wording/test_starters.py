"""The starter wordings pass their own check, and without any one thing they are refused for that alone."""

import pytest

from optins.consent import texts
from optins.consent.wording_check import asking, check, data, suggestions
from tests.wording.riverside import (
    COUNTRIES,
    KEYS,
    LANGUAGES,
    elements,
    facts,
    one,
    purpose,
    starter,
    without,
)

pytestmark = pytest.mark.once
each_language = pytest.mark.parametrize("language", LANGUAGES)
# What only the organisation itself can add: an address of its own imprint.
THEIRS = {"impressum"}


@each_language
@pytest.mark.parametrize("pack", COUNTRIES)
def test_a_starter_passes_under_each_pack_but_for_what_only_the_organisation_has(pack, language):
    for kinds in (("utility",), ("marketing",), ("utility", "marketing")):
        about = facts(language, country=COUNTRIES[pack], kinds=kinds)
        found = check(starter(language, about), about)
        assert {one.element for one in found} <= THEIRS
        assert not any(one.refuses for one in found)


@each_language
def test_without_each_thing_that_every_notice_needs_it_is_refused_for_that_alone(language):
    about = facts(language, asked=())
    whole = starter(language, about)
    assert check(whole, about) == []
    spelt = [name for name in data.spellings_of_whatsapp(language) if name in whole.in_a_chat]
    assert spelt == ["WhatsApp"]
    neither = {
        name: getattr(whole, name).replace("WhatsApp", "SMS")
        for name in ("body", "stop", "privacy", "details")
    } | {"purposes": {key: line.replace("WhatsApp", "SMS") for key, line in whole.purposes.items()}}
    cases = {
        "whatsapp": neither,
        "organisation": {
            "body": whole.body.replace("Riverside Clinic", "X"),
            "purposes": {key: line.replace("Riverside Clinic", "X") for key, line in whole.purposes.items()},
        },
        "how_to_stop": {"stop": ""},
        "purpose": {"purposes": {KEYS["utility"]: whole.purposes[KEYS["utility"]]}},
        "privacy_link": {"privacy": whole.privacy.replace("https", "http")},
        "sentence": {"sentence": whole.sentence.replace("{purposes}", "")},
    }
    for element, changes in cases.items():
        beside = {"organisation": {"sender_name"}}.get(element, set())
        assert elements(without(whole, **changes), about, "refuse") - beside == {element}


@each_language
def test_without_each_thing_that_a_pack_asks_for_it_is_refused_for_that_alone(language):
    lines = texts.starter_notice(language)["details"]
    short = starter(language, facts(language, asked=()))
    tried = 0
    for element in set(lines) - {"sender_name", "sensitive", "voluntary", "consequences", "messages"}:
        about = facts(language, asked=one(element))
        whole = starter(language, about)
        assert check(whole, about) == [], element
        if whole.details:
            tried += 1
            (found,) = check(short, about)
            assert (found.element, found.severity) == (element, "refuse")
            assert found.line == suggestions.fill(lines[element], about)
            assert found.why == about.asked
            assert found.line in whole.details
    assert tried >= 12


@each_language
def test_what_the_body_says_already_is_missed_where_the_body_does_not_say_it(language):
    short = starter(language, facts(language, asked=()))
    name = {"de": "{} über WhatsApp.", "ar": "نحن {} عبر WhatsApp."}.get(language, "{} WhatsApp.")
    bare = without(short, body=name.format("Riverside Clinic"), purposes={})
    for element in ("voluntary", "consequences"):
        about = facts(language, kinds=(), asked=one(element))
        assert element in elements(bare, about, "refuse")
        assert asking.has(element, short, about)


@each_language
def test_a_sensitive_purpose_says_who_else_may_see_the_messages(language):
    secret = purpose("utility", language, is_sensitive=True)
    about = facts(language, asked=(), purposes=(secret,))
    whole = starter(language, about)
    assert check(whole, about) == []
    assert elements(without(whole, details=""), about, "refuse") == {"sensitive"}


@each_language
def test_the_name_that_people_will_see_stands_in_it(language):
    sender = type(facts().senders[0])("Health Line", "+27820000900")
    about = facts(language, asked=(), senders=(sender,))
    whole = starter(language, about)
    assert check(whole, about) == []
    assert elements(without(whole, details=""), about, "refuse") == {"sender_name"}


def test_what_is_unconfirmed_recommended_or_conditional_warns_and_never_refuses():
    short = starter("en", facts(asked=()))
    for asked in (one("data", status="unconfirmed"), one("data", level="recommended")):
        assert [f.severity for f in check(short, facts(asked=asked))] == ["warn"]
    assert check(short, facts(asked=one("third_parties", level="required_if_any"))) == []


def test_in_a_language_without_data_a_person_is_asked_and_nothing_is_refused_that_may_be_there():
    about = facts(asked=one("withdraw"))
    xhosa = without(starter("zu", facts("zu", asked=())), language="xh")
    found = check(xhosa, about)
    assert {(f.element, str(f.severity)) for f in found} >= {
        ("unknown_language", "warn"),
        ("withdraw", "warn"),
    }
    assert not any(f.refuses for f in found)


def test_every_element_of_every_pack_is_one_the_check_knows():
    for country in COUNTRIES.values():
        for asked in facts(country=country).asked:
            element = data.element_of(asked.element)
            known = element in data.elements() or data.kept_by_the_portal(element)
            assert known, asked.element


@each_language
def test_each_language_has_words_for_each_line_of_its_starter(language):
    elements_of = set(data.language(language).elements)
    structural = {"contact", "contact_number", "sender_name", "rights_link"}
    assert set(texts.starter_notice(language)["details"]) - structural <= elements_of
