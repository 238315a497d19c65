"""What the hosted page says, and in which language."""

import re
from itertools import pairwise

import pytest
from django.utils import timezone

from optins.consent import texts, wording
from optins.models import CaptureChannel, NoticeVersion, Organisation, Purpose
from tests.pages.page import BOTH, Page, answer, error_state, send, show, words

pytestmark = pytest.mark.once

every_language = pytest.mark.parametrize("language", texts.languages())


def test_the_page_says_who_writes_and_how_to_reach_them(clinic):
    page = words(Page(show(clinic)).one("main"))
    for said in ("Riverside Clinic", "Riverside Community Clinic NPC", "help@riverside.example", "WhatsApp"):
        assert said in page


def test_how_to_stop_and_the_privacy_notice_come_before_the_button(clinic):
    shown = wording.translation(clinic.web.notice, "en")
    form = words(Page(show(clinic)).one("form"))
    places = [
        form.index(part) for part in (shown.stop, clinic.organisation.privacy_url, "Continue to WhatsApp")
    ]
    assert all(one < other for one, other in pairwise(places))
    assert Page(show(clinic)).all("a", href=clinic.organisation.privacy_url)


def test_the_wording_on_record_is_shown_word_for_word(clinic):
    for language in texts.languages():
        shown = wording.translation(clinic.web.notice, language)
        page = words(Page(show(clinic, f"?lang={language}")).one("main"))
        for part in (shown.title, shown.body, shown.stop, shown.privacy, *shown.purposes.values()):
            assert " ".join(part.split()) in page


def test_every_field_has_a_label(clinic):
    for response in (show(clinic), error_state(clinic)):
        page = Page(response)
        assert [field["name"] for field in page.fields()] == [
            *["purposes"] * 2,
            "country",
            "phone",
            "website",
        ]
        for field in page.fields():
            assert [words(label) for label in page.labels(field)] != [""]
            assert field["placeholder"] is None
            assert len(page.labels(field)) == 1


def test_no_box_is_ticked_at_first(clinic):
    boxes = Page(show(clinic)).all("input", type="checkbox")
    assert [box["value"] for box in boxes] == BOTH
    assert ["checked" in box.attributes for box in boxes] == [False, False]


def test_the_boxes_are_one_group_with_a_question_and_a_hint(clinic):
    page = Page(show(clinic))
    group = page.one("fieldset")
    assert words(page.one("legend")) == "What may we send you?"
    assert page.described(group) == ["Choose one or more. Nothing is chosen for you."]
    assert all(group in box.parents for box in page.all("input", type="checkbox"))


def test_a_single_box_has_a_hint_of_its_own(clinic):
    clinic.tap.purposes.set(Purpose.objects.filter(key="health-tips"))
    page = Page(show(clinic, channel=clinic.tap))
    assert page.described(page.one("fieldset")) == ["Tick the box if you want this."]


def test_the_number_is_asked_for_only_where_the_channel_asks(clinic):
    phone = Page(show(clinic)).one("input", name="phone")
    assert (phone["type"], phone["autocomplete"], phone["dir"]) == ("tel", "tel", "ltr")
    assert Page(show(clinic, channel=clinic.tap)).all("input", name="phone") == []


def test_an_optional_number_may_stay_empty(clinic):
    clinic.web.ask_number = CaptureChannel.AskNumber.OPTIONAL
    clinic.web.save()
    page = Page(show(clinic))
    assert "You can leave this empty." in page.described(page.one("input", name="phone"))[0]
    assert send(clinic, purposes=BOTH).status_code == 200


def test_the_trap_for_programs_is_hidden_from_everybody_else(clinic):
    trap = Page(show(clinic)).one("input", name="website")
    assert any("hidden" in parent.attributes for parent in trap.parents)


def test_each_page_has_one_heading_and_its_landmarks(each):
    page = Page(each())
    assert len(page.all("h1")) == 1
    assert [e.name for e in page.all() if e.name in {"header", "main", "footer"}] == [
        "header",
        "main",
        "footer",
    ]
    names = [element["id"] for element in page.all() if element["id"]]
    assert len(names) == len(set(names))


def test_a_closed_page_says_so(clinic):
    NoticeVersion.objects.update(status=NoticeVersion.Status.RETIRED, retired_at=timezone.now())
    response = show(clinic)
    assert response.status_code == 404
    page = Page(response)
    assert words(page.one("h1")) == "This page is closed"
    assert "Riverside Clinic does not collect sign-ups here any more." in words(page.one("main"))


def test_what_an_organisation_writes_about_itself_is_escaped_once(clinic):
    Organisation.objects.update(
        name="Bread & <b>Roses</b>", legal_name="Bread & Roses Ltd", contact="Ask <i>Ann</i> & co"
    )
    response = show(clinic)
    page = Page(response)
    assert page.all("b") == page.all("i") == []
    assert "Bread & <b>Roses</b>" in words(page.one("header"))
    assert words(page.one("footer")).count("Questions? Ask <i>Ann</i> & co") == 1
    assert b"&amp;amp;" not in response.content


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("help@riverside.example", "mailto:help@riverside.example"),
        ("021 555 0100", "tel:+27215550100"),
        ("Ask at the desk", None),
    ],
)
def test_the_contact_is_a_link_where_it_can_be(clinic, contact, link):
    Organisation.objects.update(contact=contact)
    page = Page(show(clinic))
    links = {a["href"] for a in page.all("a") if contact in a.text}
    assert links == ({link} if link else set())
    assert contact in words(page.one("main"))


# Languages


@every_language
def test_every_language_renders_without_a_gap(each, language):
    response = each(language)
    page = Page(response)
    root = page.one("html")
    assert (root["lang"], root["dir"]) == (language, "rtl" if language == "ar" else "ltr")
    assert not re.search(r"[{}]", words(page.one("body")))


@every_language
def test_a_number_on_a_page_is_always_read_from_left_to_right(clinic, language):
    page = Page(answer(clinic, language))
    shown = [e for e in page.all("bdi", dir="ltr") if e.text.startswith("+27")]
    assert [words(e) for e in shown] == ["+27 82 000 0101", "+27 82 000 0900"]


def test_the_language_is_the_one_asked_for_else_the_browsers_else_the_organisations(clinic):
    def language(query="", accepted=""):
        headers = {"Accept-Language": accepted} if accepted else {}
        return Page(show(clinic, query, **headers)).one("html")["lang"]

    assert language() == "en"
    assert language(accepted="xx, zu-ZA;q=0.9, fr;q=0.8") == "zu"
    assert language("?lang=ar", accepted="zu") == "ar"
    assert language("?lang=xx") == "en"


def test_language_links_name_each_language_in_itself_and_keep_the_placement(clinic):
    page = Page(show(clinic, "?p=K7QX"))
    links = [a for a in page.all("a") if a["hreflang"]]
    assert len(links) == len(texts.languages())
    assert [a["href"] for a in links if a["aria-current"]] == ["?p=K7QX&lang=en"]
    arabic = next(a for a in links if a["lang"] == "ar")
    assert (arabic["dir"], arabic["href"], words(arabic)) == ("rtl", "?p=K7QX&lang=ar", "العربية")
