"""The hosted page and its answer in a real browser: reachable for everybody, on any screen."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from channels_capture.website import tokens
from optins.consent import texts
from optins.models import ConsentRequest
from tests.browsing import DESK, PHONE, SMALL, beyond, opened, violations
from tests.channels.pictures import pixels, read

pytestmark = pytest.mark.walk


@pytest.fixture
def visit(browser, live_clinic, live_server, monkeypatch):
    """Opens the page in a browser of the wanted kind; what the browser complains about fails the test."""
    monkeypatch.setattr(tokens, "TOO_YOUNG", 0)
    complaints = []

    @contextmanager
    def visit(query="", **options):
        # A form with errors is answered with 422, which the console mentions.
        with opened(browser, live_server.url, complaints, expects="422", **options) as page:
            page.goto(f"/c/{live_clinic.web.slug}/{query}")
            yield page

    yield visit
    assert complaints == []


def states(page):
    """The page, the page with its errors and the answer, one after the other."""
    yield "page"
    page.fill("#phone", "12")
    page.locator("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "errors"
    answer(page)
    yield "answer"


def answer(page):
    """Fill in the page and send it."""
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.fill("#phone", "082 000 0101")
    page.locator("button").click()
    expect(page.locator(".qr svg")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_to_complain_about(visit, language, scheme):
    with visit(f"?lang={language}", color_scheme=scheme, **DESK) as page:
        for state in states(page):
            assert violations(page) == [], state
            if state != "answer":
                page.get_by_role("checkbox").first.check()
                assert violations(page) == [], f"{state}, with a tick"
                page.get_by_role("checkbox").first.uncheck()


@pytest.mark.parametrize("language", texts.languages())
def test_nothing_scrolls_sideways_on_the_smallest_screen(visit, language):
    with visit(f"?lang={language}", **SMALL) as page:
        for state in states(page):
            assert beyond(page) == 0, state


@pytest.mark.parametrize("language", ["en", "de", "ar", "hi"])
def test_text_of_twice_the_size_does_not_scroll_sideways(visit, language):
    with visit(f"?lang={language}", viewport={"width": 320, "height": 640}) as page:
        for state in states(page):
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert beyond(page) == 0, state


def test_everything_works_without_javascript(visit):
    with visit(java_script_enabled=False, **PHONE) as page:
        page.get_by_role("button", name="Continue to WhatsApp").tap()
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("Tick at least one box")
        alert.get_by_role("link", name="Tick at least one box").tap()
        page.get_by_text("may send me health tips").tap()
        page.get_by_label("Your WhatsApp number").fill("082 000 0101")
        page.get_by_role("button", name="Continue to WhatsApp").tap()
        link = page.get_by_role("link", name="Open WhatsApp")
        expect(link).to_have_attribute("href", re.compile(r"^https://wa\.me/27820000900\?text=Yes"))


def test_the_keyboard_alone_reaches_and_sends_the_form(visit):
    with visit(**DESK) as page:
        press_until_focused(page, "Tab", page.get_by_role("button"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Tick at least one box")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("checkbox").first).to_be_focused()
        page.keyboard.press("Space")
        press_until_focused(page, "Tab", page.locator("#phone"))
        page.keyboard.type("082 000 0101")
        page.keyboard.press("Enter")
        expect(page.locator(".qr svg")).to_be_visible()
        press_until_focused(page, "Tab", page.get_by_role("link", name="Open WhatsApp"))
    assert [p.key for p in ConsentRequest.objects.get().purposes.all()] == ["appointment-reminders"]


def press_until_focused(page, key, wanted):
    for _ in range(30):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{key} does not reach {wanted}")


def test_what_is_tapped_is_as_large_as_a_finger(visit):
    with visit(**PHONE) as page:
        targets = [*page.locator("label.tick, select, #phone, button, nav a, header a").all()]
        assert len(targets) == 2 + 3 + len(texts.languages()) + 1
        assert [t.inner_text() for t in targets if t.bounding_box()["height"] < 44] == []
        page.locator("label.tick").first.tap(position={"x": 5, "y": 5})
        expect(page.get_by_role("checkbox").first).to_be_checked()
        answer(page)
        assert page.get_by_role("link", name="Open WhatsApp").bounding_box()["height"] >= 44


@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_a_phone_the_link_comes_first_and_at_a_desk_the_code(visit, language):
    with visit(f"?lang={language}", **PHONE) as page:
        answer(page)
        link, code = page.locator(".tap a").bounding_box(), page.locator(".qr").bounding_box()
        assert link["y"] + link["height"] < code["y"]
    with visit(f"?lang={language}", **DESK) as page:
        answer(page)
        link, code = page.locator(".tap a").bounding_box(), page.locator(".qr").bounding_box()
        first, second = (link, code) if language == "ar" else (code, link)
        assert first["x"] + first["width"] < second["x"]


@pytest.mark.parametrize(
    "colours", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}], ids=str
)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_camera_reads_the_code_from_the_screen(browser, visit, language, colours):
    with visit(f"?lang={language}", **DESK, **colours) as page:
        answer(page)
        picture = page.locator(".qr").screenshot()
        link = page.locator(".tap a").get_attribute("href")
    image = pixels(picture, browser)
    assert read(image).text == link
    assert (min(bytes(image)), max(bytes(image))) == (0, 255)
    assert {image[5, x] for x in range(20, image.shape[1] - 20)} == {255}, "the quiet zone is white"


def test_one_tap_marks_all_the_words_to_copy(visit):
    with visit(**DESK) as page:
        answer(page)
        page.locator(".words").click()
        assert page.evaluate("getSelection().toString()").strip() == page.locator(".words").inner_text()


def test_the_language_at_the_top_leads_to_all_languages(visit):
    with visit(**PHONE) as page:
        page.get_by_role("link", name="Language: English").tap()
        page.get_by_role("navigation", name="Language").get_by_role("link", name="العربية").tap()
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
