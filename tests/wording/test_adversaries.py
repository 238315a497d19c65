"""Wordings that look right and are not: each is refused or at least brought before a person."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optins.consent.wording_check import Asked, check
from tests.wording.riverside import LANGUAGES, elements, facts, one, starter, without

pytestmark = pytest.mark.once
ABOUT = facts(asked=())
WHOLE = starter("en", ABOUT)


def named(replacement):
    """The wording with something else wherever it names WhatsApp."""
    return without(
        WHOLE,
        **{name: getattr(WHOLE, name).replace("WhatsApp", replacement) for name in ("body", "stop", "title")},
        purposes={key: line.replace("WhatsApp", replacement) for key, line in WHOLE.purposes.items()},
    )


REFUSED = {
    "an apostrophe": (named("What's App"), "whatsapp"),
    "a typographic apostrophe": (named("What’s App"), "whatsapp"),
    "two words": (named("Whats App"), "whatsapp"),
    "a letter missing": (named("Whatsap"), "whatsapp"),
    "another product": (named("WhatsUp"), "whatsapp"),
    "spaced letters": (named("W h a t s A p p"), "whatsapp"),
    "dots between the letters": (named("W.h.a.t.s.A.p.p"), "whatsapp"),
    "a Cyrillic a": (named("Whаtsаpp"), "whatsapp"),
    "a Greek rho": (named("WhatsAρρ"), "whatsapp"),
    "an at-sign": (named("Wh@tsApp"), "whatsapp"),
    "a zero-width space": (named("Whats\u200bApp"), "whatsapp"),
    "a soft hyphen": (named("Whats\u00adApp"), "whatsapp"),
    "turned round by signs": (named("\u202eppAstahW\u202c"), "whatsapp"),
    "only in a link": (named("https://www.whatsapp.com/install"), "whatsapp"),
    "only in a short link": (named("wa.me/27820000900?text=WhatsApp"), "whatsapp"),
    "only in a comment": (named("<!-- WhatsApp -->"), "whatsapp"),
    "only in an attribute": (named('<img alt="WhatsApp">'), "whatsapp"),
    "only in an address of mail": (named("hello@whatsapp.example"), "whatsapp"),
    "only within a word": (named("NotWhatsAppAtAll"), "whatsapp"),
    "only in the title": (without(named("chat"), title=WHOLE.title), "whatsapp"),
    "another organisation": (
        without(
            WHOLE,
            body=WHOLE.body.replace("Riverside", "Lakeside"),
            purposes={key: line.replace("Riverside", "Lakeside") for key, line in WHOLE.purposes.items()},
        ),
        "organisation",
    ),
    "the organisation only in its address": (
        without(
            WHOLE,
            body=WHOLE.body.replace("Riverside Clinic", "https://riverside-clinic.example"),
            purposes={k: v.replace("Riverside Clinic", "We") for k, v in WHOLE.purposes.items()},
        ),
        "organisation",
    ),
    "the stop line in another language": (
        without(WHOLE, stop="Pour arrêter à tout moment, envoyez-nous STOP sur WhatsApp."),
        "language",
    ),
    "the stop line in another script": (
        without(WHOLE, stop="لإيقاف الرسائل في أي وقت، أرسل STOP"),
        "language",
    ),
    "a stop word that nothing understands": (
        without(WHOLE, stop="To finish, send NO MORE PLEASE to us on WhatsApp."),
        "how_to_stop",
    ),
    "a stop by letter": (without(WHOLE, stop="Write a letter to our office in Cape Town."), "how_to_stop"),
    "one line for two purposes": (
        without(WHOLE, purposes=dict.fromkeys(WHOLE.purposes, "Yes to reminders and tips from Riverside.")),
        "purpose",
    ),
    "an empty line": (without(WHOLE, purposes={**WHOLE.purposes, "health-tips": "  "}), "purpose"),
    "an unsafe link": (without(WHOLE, privacy="What we do: http://riverside.example"), "privacy_link"),
    "WhatsApp's own link as the privacy notice": (
        without(WHOLE, privacy="What we do with your number: https://wa.me/privacy"),
        "privacy_link",
    ),
    "no link at all": (without(WHOLE, privacy="Ask at the desk for our privacy notice."), "privacy_link"),
    "a sentence that hides for what": (
        without(WHOLE, sentence="Hello {organisation}, WhatsApp!"),
        "sentence",
    ),
    "a sentence that hides by what": (
        without(WHOLE, sentence="Yes to {purposes} from {organisation}."),
        "sentence",
    ),
    "the whole in another language": (
        without(starter("fr", facts("fr", asked=())), language="de"),
        "language",
    ),
}
WARNED = {
    "a look-alike beside the name": (
        without(WHOLE, body=f"{WHOLE.body} We also use What's App."),
        "whatsapp",
    ),
    "a mixed alphabet elsewhere": (without(WHOLE, body=f"{WHOLE.body} Yоur Clinic."), "tricks"),
    "invisible signs elsewhere": (without(WHOLE, body=f"{WHOLE.body} fr\u200bee"), "tricks"),
    "HTML": (without(WHOLE, body=f"{WHOLE.body} <b>Yes</b>"), "tricks"),
    "WhatsApp only denied": (
        without(
            WHOLE,
            body="Riverside Clinic will never send messages on WhatsApp.",
            stop="No need to wait: to stop, send STOP on WhatsApp.",
            purposes={k: v.replace(" on WhatsApp", "") for k, v in WHOLE.purposes.items()},
        ),
        "whatsapp",
    ),
    "a stop word that is not to be sent": (without(WHOLE, stop="You can stop by our office."), "how_to_stop"),
    "a stop by another road": (without(WHOLE, stop="To stop, send STOP by post."), "how_to_stop"),
    "a line about something else": (
        without(WHOLE, purposes={**WHOLE.purposes, "health-tips": "Yes, anything by WhatsApp."}),
        "purpose",
    ),
    "a line that no channel asks for": (
        without(WHOLE, purposes={**WHOLE.purposes, "lottery": "Yes, the lottery on WhatsApp."}),
        "purpose",
    ),
}


@pytest.mark.parametrize("trick", REFUSED)
def test_it_is_refused(trick):
    wording, element = REFUSED[trick]
    assert element in elements(wording, ABOUT, "refuse")


@pytest.mark.parametrize("trick", WARNED)
def test_a_person_is_asked(trick):
    wording, element = WARNED[trick]
    assert elements(wording, ABOUT) == {element}
    assert elements(wording, ABOUT, "refuse") == set()


def test_there_are_enough_of_them():
    assert len(REFUSED) + len(WARNED) >= 30


def test_the_finding_says_what_stands_there_instead():
    (found,) = (f for f in check(named("What's App"), ABOUT) if f.element == "whatsapp")
    assert found.missing == "It says “what's app” and not WhatsApp."
    assert found.line == WHOLE.body


@pytest.mark.parametrize(
    ("language", "spelling"),
    [("ar", "واتساب"), ("ar", "الواتساب"), ("hi", "व्हाट्सऐप"), ("hi", "व्हाट्सएप"), ("en", "WHATSAPP")],
)
def test_the_name_may_be_in_the_script_of_the_language(language, spelling):
    about = facts(language, asked=())
    whole = starter(language, about)
    said = {name: getattr(whole, name).replace("WhatsApp", spelling) for name in ("body", "stop", "sentence")}
    lines = {key: line.replace("WhatsApp", spelling) for key, line in whole.purposes.items()}
    assert check(without(whole, **said, purposes=lines), about) == []


@pytest.mark.parametrize(
    ("language", "body", "names"),
    [
        ("zu", "IRiverside Clinic ku-WhatsApp futhi", {}),
        ("de", "Nachrichten der Riverside Clinics über WhatsApp", {}),
        ("ar", "رسائل من عيادة ريفرسايد عبر واتساب", {"ar": ("عيادة ريفرسايد",)}),
        ("hi", "रिवरसाइड क्लिनिक के संदेश WhatsApp पर", {"hi": ("रिवरसाइड क्लिनिक",)}),
        ("pt-BR", "Mensagens da Clínica Riverside pelo WhatsApp", {"pt": ("Clínica Riverside",)}),
    ],
)
def test_the_organisation_may_be_named_in_its_brand_form_its_script_or_declined(language, body, names):
    about = facts(language.split("-")[0], asked=(), names=names, senders=())
    wording = without(starter("en", ABOUT), language=language, body=body, purposes={})
    assert "organisation" not in elements(wording, about)
    assert "organisation" in elements(without(wording, body=body[:7]), about)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(1, 7), sign=st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad"))
def test_no_invisible_sign_inside_the_name_lets_it_pass_as_the_name(place, sign):
    name = f"{'WhatsApp'[:place]}{sign}{'WhatsApp'[place:]}"
    assert "whatsapp" in elements(named(name), ABOUT, "refuse")


ASKED = st.builds(
    Asked,
    st.sampled_from(
        ["data", "sharing", "withdraw", "physical_address", "contact_person", "frequency", "new"]
    ),
    st.sampled_from(["required", "recommended", "required_if_any"]),
    st.just("s 1"),
    st.sampled_from(["primary", "secondary", "unconfirmed"]),
)


@settings(max_examples=60, deadline=None)
@given(
    asked=st.lists(ASKED, max_size=5),
    more=st.lists(ASKED, max_size=3),
    language=st.sampled_from(LANGUAGES),
    cut=st.sampled_from(["details", "body", "stop", "privacy"]),
)
def test_one_more_pack_never_takes_a_finding_away_nor_makes_it_milder(asked, more, language, cut):
    fewer, all_of_them = (facts(language, asked=tuple(rows)) for rows in (asked, asked + more))
    wording = without(starter(language, fewer), **{cut: ""})
    assert elements(wording, fewer) <= elements(wording, all_of_them)
    assert elements(wording, fewer, "refuse") <= elements(wording, all_of_them, "refuse")


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60), language=st.sampled_from([*LANGUAGES, "xh", "ru", "tlh"]))
def test_no_text_breaks_the_check_and_none_passes_without_its_three_things(text, language):
    wording = without(WHOLE, language=language, body=text, purposes={}, stop=text, privacy="", details="")
    refused = elements(wording, facts(asked=one("data")), "refuse")
    assert "privacy_link" in refused
    if not re.search("whatsapp", text, re.IGNORECASE):
        assert "whatsapp" in refused
    if "Riverside" not in text:
        assert "organisation" in refused


def test_a_line_that_is_mostly_a_name_in_another_script_is_still_in_its_language():
    about = facts("ar", asked=())
    lines = starter("ar", about).purposes | {"health-tips": "Riverside Clinic, WhatsApp: نصائح صحية"}
    assert elements(without(starter("ar", about), purposes=lines), about) == set()
    lines |= {"health-tips": "Riverside Clinic, WhatsApp: Gesundheitstipps"}
    assert "language" in elements(without(starter("ar", about), purposes=lines), about, "refuse")
