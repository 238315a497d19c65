"""The answer of the hosted page: the number as it was understood, the link, its code, the words."""

import html
import re

import pytest
import time_machine
from django.utils import timezone

from optins.consent import texts
from optins.models import ConsentRequest, Placement
from tests.channels.pictures import from_svg, read
from tests.pages.page import BOTH, Page, answer, send, show, words

pytestmark = pytest.mark.once

every_language = pytest.mark.parametrize("language", texts.languages())


@pytest.mark.parametrize(
    "typed",
    [
        "082 000 0101",
        "(082) 000-0101",
        "+27 82 000 0101",
        "0027820000101",
        "٠٨٢ ٠٠٠ ٠١٠١",
        "+٢٧٨٢٠٠٠٠١٠١",
        "०८२ ००० ०१०१",
    ],
)
def test_a_number_is_understood_however_it_is_typed(clinic, typed):
    page = Page(answer(clinic, phone=typed))
    assert ConsentRequest.objects.get().typed_number == "+27820000101"
    assert "You typed +27 82 000 0101." in words(page.one("main"))


def test_the_number_can_be_changed(clinic):
    response = send(clinic, "?lang=en&p=K7QX", purposes=BOTH, phone="0820000101")
    change = next(a for a in Page(response).all("a") if words(a) == "Change")
    assert change["href"] == "?lang=en&p=K7QX"


def test_a_page_without_a_number_shows_none_back(clinic):
    page = Page(send(clinic, channel=clinic.tap, purposes=BOTH))
    assert "You typed" not in words(page.one("main"))
    assert ConsentRequest.objects.get().typed_number == ""


def test_the_answer_repeats_what_was_chosen_and_that_nothing_has_begun(clinic):
    page = words(Page(answer(clinic, purposes="health-tips")).one("main"))
    assert "Yes, Riverside Clinic may send me health tips on WhatsApp." in page
    assert "appointment" not in page
    assert "will not message you before your message arrives. It is good for 7 days." in page
    assert [p.key for p in ConsentRequest.objects.get().purposes.all()] == ["health-tips"]


def test_the_placement_of_the_page_is_kept(clinic):
    placement = Placement.objects.create(channel=clinic.tap, code="K7QX", label="Poster")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token = Page(show(clinic, "?p=K7QX", channel=clinic.tap)).one("input", name="token")["value"]
        clock.shift(30)
        send(clinic, channel=clinic.tap, purposes=BOTH, token=token)
    assert ConsentRequest.objects.get().placement == placement


@every_language
def test_the_answer_has_one_link_and_its_code_reads_the_same(clinic, language):
    content = answer(clinic, language).content.decode()
    (link,) = re.findall(r'"(https://wa\.me/[^"]+)"', content)
    assert link.startswith("https://wa.me/27820000900?text=")
    (image,) = re.findall(r'role="img"[^>]*>\s*(<svg.*?</svg>)', content, re.DOTALL)
    assert read(from_svg(image)).text == html.unescape(link)


def test_the_code_has_a_name_for_those_who_do_not_see_it(clinic):
    page = Page(answer(clinic))
    image = page.one(role="img")
    assert words(page.one(id=image["aria-labelledby"])) == "Scan this with your phone"


def test_the_words_and_the_number_can_be_copied(clinic):
    response = answer(clinic)
    copied = [words(e) for e in Page(response).all() if "copy" in (e["class"] or "").split()]
    sentence, number = copied
    assert sentence.startswith("Yes, send me ")
    assert "WhatsApp" in sentence
    assert number == "+27 82 000 0900"
    assert "user-select:all" in response.content.decode()
