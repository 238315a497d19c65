"""The hosted page and its answer: what they say, what they refuse, and what they never do."""

import gzip
import html
import re
from collections import Counter
from datetime import timedelta
from functools import partial
from html.parser import HTMLParser
from itertools import pairwise

import pytest
import time_machine
import zxingcpp
from django.apps import apps
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from channels_capture.website import context, tokens
from optins.consent import texts, wording
from optins.models import CaptureChannel, ConsentRequest, NoticeVersion, Organisation, Placement, Purpose

pytestmark = pytest.mark.once

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
BUDGET = 14 * 1024
BOTH = ["appointment-reminders", "health-tips"]
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
every_language = pytest.mark.parametrize("language", texts.languages())


class Element:
    def __init__(self, name, attributes, parents):
        self.name, self.attributes, self.parents = name, attributes, parents
        self.text = ""

    def __getitem__(self, attribute):
        return self.attributes.get(attribute)


class Page(HTMLParser):
    """A page as a list of its elements, each with its attributes and its text."""

    def __init__(self, response):
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(response.content.decode())
        assert self._open == []

    def handle_starttag(self, name, attributes):
        element = Element(name, dict(attributes), list(self._open))
        self.elements.append(element)
        if name not in EMPTY:
            self._open.append(element)

    def handle_startendtag(self, name, attributes):
        self.elements.append(Element(name, dict(attributes), list(self._open)))

    def handle_endtag(self, name):
        assert self._open.pop().name == name

    def handle_data(self, data):
        for element in self._open:
            element.text += data

    def all(self, tag="", /, **attributes):
        return [
            e
            for e in self.elements
            if tag in ("", e.name) and all(e[key] == value for key, value in attributes.items())
        ]

    def one(self, tag="", /, **attributes):
        (found,) = self.all(tag, **attributes)
        return found

    def fields(self):
        return [e for e in self.all() if e.name in {"input", "select"} and e["type"] != "hidden"]

    def labels(self, field):
        around = [e for e in field.parents if e.name == "label"]
        return around + [e for e in self.all("label") if e["for"] and e["for"] == field["id"]]

    def described(self, element):
        """The texts that a screen reader adds to an element."""
        return [words(self.one(id=name)) for name in (element["aria-describedby"] or "").split()]


def words(element):
    return " ".join(element.text.split())


def show(clinic, query="", *, channel=None, **headers):
    return clinic.client.get(f"/c/{(channel or clinic.web).slug}/{query}", headers=headers)


def send(clinic, query="", *, channel=None, headers=None, language="en", age=10, **fields):
    """Post the page as somebody who was shown it ``age`` seconds ago."""
    channel = channel or clinic.web
    shown = wording.translation(channel.notice, language)
    then = timezone.now() - timedelta(seconds=age)
    fields = {"token": tokens.make(channel, shown, "", then), "website": "", "country": "ZA"} | fields
    return clinic.client.post(f"/c/{channel.slug}/{query}", fields, headers=headers)


def answer(clinic, language="en", **fields):
    fields = {"purposes": BOTH, "phone": "082 000 0101"} | fields
    response = send(clinic, f"?lang={language}", language=language, **fields)
    assert response.status_code == 200
    return response


def error_state(clinic, language="en"):
    response = send(clinic, f"?lang={language}", phone="12", language=language)
    assert response.status_code == 422
    return response


def page_itself(clinic, language="en"):
    return show(clinic, f"?lang={language}")


@pytest.fixture(params=[page_itself, error_state, answer])
def each(request, clinic):
    """Each page that people meet, in any language."""
    return partial(request.param, clinic)


def rows():
    """How many rows there are of everything."""
    return Counter({model.__name__: model._base_manager.count() for model in apps.get_models()})


# What is on the page


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


# What the pages never do


@every_language
def test_each_page_is_small(each, language):
    assert len(gzip.compress(each(language).content)) <= BUDGET


def test_no_page_sets_a_cookie(each):
    assert not each().cookies


def test_no_page_needs_a_script_a_style_attribute_or_anything_from_elsewhere(each):
    page = Page(each())
    assert page.all("script") == []
    for element in page.all():
        assert [name for name in element.attributes if name == "style" or name.startswith("on")] == []
        assert element["src"] is None
    (icon,) = page.all("link")
    assert icon["href"].startswith("data:")
    assert "url(" not in page.one("style").text
    assert "@import" not in page.one("style").text


def test_the_policy_allows_this_one_style_sheet_and_nothing_unsafe(each):
    response = each()
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert f"'nonce-{Page(response).one('style')['nonce']}'" in policy


def test_a_look_at_the_page_makes_no_row(clinic):
    before = rows()
    show(clinic, "?lang=ar&p=K7QX")
    show(clinic, channel=clinic.tap)
    assert rows() == before


def test_a_refused_form_makes_no_row(clinic):
    before = rows()
    error_state(clinic)
    send(clinic, age=0, purposes=BOTH, phone="0820000101")
    assert rows() == before


# Errors


@pytest.mark.parametrize(
    ("fields", "field", "error"),
    [
        ({"phone": "0820000101"}, "purposes", "error_nothing_chosen"),
        ({"purposes": "nonsense", "phone": "0820000101"}, "purposes", "error_nothing_chosen"),
        ({"purposes": BOTH, "phone": "12"}, "phone", "error_number_impossible"),
        ({"purposes": BOTH, "phone": "my number"}, "phone", "error_number_impossible"),
        ({"purposes": BOTH, "phone": " "}, "phone", "error_number_missing"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_error_is_shown_above_and_beside_its_field(clinic, fields, field, error, language):
    response = send(clinic, f"?lang={language}", language=language, **fields)
    assert response.status_code == 422
    page, text = Page(response), texts.text(error, language)
    summary = page.one(role="alert")
    assert "autofocus" in summary.attributes
    assert text in words(summary)
    assert words(page.one("a", href=f"#{field}")) == text
    wrong = page.all("input", name=field)
    assert {e["aria-invalid"] for e in wrong} == {"true"}
    assert page.one(id=field) is wrong[0]
    assert text in page.described(page.one("fieldset") if field == "purposes" else wrong[0])
    assert page.one("title").text == texts.text("error_title", language, title=words(page.one("h1")))


@pytest.mark.parametrize(
    ("age", "spoil", "error"),
    [
        (25 * 3600, "", "error_form_old"),
        (0, "", "error_form_fast"),
        (10, "x", "error_form_token"),
        (-60, "", "error_form_token"),
    ],
    ids=["stale", "too fast", "forged", "from the future"],
)
def test_a_token_that_is_no_good_is_said_above_and_everything_typed_is_kept(clinic, age, spoil, error):
    shown = wording.translation(clinic.web.notice, "en")
    with time_machine.travel(timezone.now(), tick=False):
        token = tokens.make(clinic.web, shown, "", timezone.now() - timedelta(seconds=age)) + spoil
        response = send(clinic, token=token, purposes=BOTH, phone="0820000101")
    assert response.status_code == 422
    page = Page(response)
    assert texts.text(error, "en") in words(page.one(role="alert"))
    assert page.one("title").text.startswith("Error: ")
    assert all("checked" in box.attributes for box in page.all("input", type="checkbox"))
    assert page.one("input", name="phone")["value"] == "0820000101"
    assert not ConsentRequest.objects.exists()


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c"])
def test_a_made_up_token_is_refused(clinic, token):
    response = send(clinic, token=token, purposes=BOTH, phone="0820000101")
    assert response.status_code == 422
    assert texts.text("error_form_token", "en") in words(Page(response).one(role="alert"))


def test_a_token_of_another_page_is_refused(clinic):
    shown = wording.translation(clinic.tap.notice, "en")
    token = tokens.make(clinic.tap, shown, "", timezone.now() - timedelta(seconds=10))
    assert send(clinic, token=token, purposes=BOTH, phone="0820000101").status_code == 422
    assert not ConsentRequest.objects.exists()


def test_what_was_typed_and_chosen_is_kept_beside_an_error(clinic):
    page = Page(send(clinic, purposes="health-tips", phone='"12', country="KE"))
    boxes = page.all("input", type="checkbox")
    assert [box["value"] for box in boxes if "checked" in box.attributes] == ["health-tips"]
    assert page.one("input", name="phone")["value"] == '"12'
    assert [o["value"] for o in page.all("option") if "selected" in o.attributes] == ["KE"]


def test_a_country_that_does_not_exist_does_no_harm(clinic):
    page = Page(send(clinic, purposes=BOTH, phone="12", country="<<"))
    assert not [o for o in page.all("option") if o["value"] == "<<"]


def test_the_page_works_from_its_own_form(clinic):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        form = Page(show(clinic, "?lang=zu")).one("input", name="token")["value"]
        clock.shift(30)
        response = send(clinic, "?lang=zu", token=form, purposes=BOTH, phone="0820000101")
    assert response.status_code == 200
    assert ConsentRequest.objects.get().language == "zu"


# Abuse


def test_a_filled_trap_makes_no_request(clinic):
    response = send(clinic, purposes=BOTH, phone="0820000101", website="https://spam.example")
    assert response.status_code == 422
    assert b"wa.me" not in response.content
    assert not ConsentRequest.objects.exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://testserver.evil.example"])
def test_a_post_from_another_site_is_refused(clinic, origin):
    response = send(clinic, purposes=BOTH, phone="0820000101", headers={"Origin": origin})
    assert response.status_code == 403
    assert not ConsentRequest.objects.exists()


def test_a_post_from_the_page_itself_is_taken(clinic):
    assert (
        send(clinic, purposes=BOTH, phone="0820000101", headers={"Origin": "http://testserver"}).status_code
        == 200
    )


# The answer


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
    found = zxingcpp.read_barcodes(pixels(image), formats=QR)
    assert [code.text for code in found] == [html.unescape(link)]


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


def pixels(image, scale=4):
    """The code as an image of grey bytes, drawn from the strokes of its SVG."""
    (side,) = map(int, re.findall(r'viewBox="0 0 (\d+) \1"', image))
    assert f'fill="#fff" d="M0 0h{side}v{side}h-{side}z"' in image
    grey = [bytearray(b"\xff" * side) for _ in range(side)]
    (strokes,) = re.findall(r'stroke="#000"[^>]* d="([^"]+)"', image)
    x = y = 0.0
    for command, arguments in re.findall(r"([Mmh])([-\d. ]+)", strokes):
        dx, dy = [float(n) for n in re.findall(r"-?[\d.]+", arguments)] + [0.0] * (command == "h")
        if command == "h":
            grey[int(y)][int(x) : int(x + dx)] = bytes(int(dx))
        x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
    lines = b"".join(bytes(b for b in row for _ in range(scale)) * scale for row in grey)
    return memoryview(lines).cast("B", (side * scale, side * scale))


# Colours


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_any_brand_colour_gives_words_that_can_be_read(colour):
    brand = context.palette(colour)
    assert brand["colour"] == colour
    pairs = [
        (brand["text"], colour),
        (brand["light"], "#ffffff"),
        (brand["light"], "#f4f2ed"),
        ("#1e2226", brand["light_tint"]),
        (brand["dark_text"], brand["dark"]),
        (brand["dark"], "#23262c"),
        (brand["dark"], "#16181c"),
        ("#eceae6", brand["dark_tint"]),
    ]
    assert [pair for pair in pairs if context.contrast(*pair) < 4.5] == []


def test_contrast_is_wcags():
    assert context.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert context.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
