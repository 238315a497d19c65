"""The hosted page and its answer in a real browser: reachable for everybody, on any screen."""

import base64
import re
from contextlib import contextmanager

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from channels_capture.website import tokens
from optins.consent import texts
from optins.models import ConsentRequest
from tests.services import chromium

pytestmark = pytest.mark.walk
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
SMALL = {"width": 240, "height": 320}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
WIDTH_BEYOND_THE_SCREEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Draws a screenshot and gives one grey byte for each of its pixels.
GREY = """async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data: bytes } = canvas.getImageData(0, 0, image.width, image.height);
    return { width: image.width, grey: Array.from(bytes).filter((_, place) => place % 4 === 1) };
}"""


@pytest.fixture(scope="module")
def browser():
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which has Django refuse its database here.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, live_clinic, live_server, monkeypatch):
    """Opens the page in a browser of the wanted kind; what the browser complains about fails the test."""
    monkeypatch.setattr(tokens, "TOO_YOUNG", 0)
    complaints = []

    def note(what, is_fine):
        if not is_fine:
            complaints.append(what)

    @contextmanager
    def visit(query="", **options):
        with browser.new_context(base_url=live_server.url, **options) as context:
            page = context.new_page()
            # A form with errors is answered with 422, which the console mentions.
            page.on("console", lambda message: note(message.text, "422" in message.text))
            page.on("request", lambda sent: note(sent.url, sent.url.startswith((live_server.url, "data:"))))
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


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def pixels(picture, browser):
    """A picture as rows of grey bytes."""
    with browser.new_context() as context:
        drawn = context.new_page().evaluate(GREY, base64.b64encode(picture).decode())
    grey, width = bytes(drawn["grey"]), drawn["width"]
    return memoryview(grey).cast("B", (len(grey) // width, width))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_to_complain_about(visit, language, scheme):
    with visit(f"?lang={language}", color_scheme=scheme, **DESKTOP) as page:
        for state in states(page):
            assert violations(page) == [], state
            if state != "answer":
                page.get_by_role("checkbox").first.check()
                assert violations(page) == [], f"{state}, with a tick"
                page.get_by_role("checkbox").first.uncheck()


@pytest.mark.parametrize("language", texts.languages())
def test_nothing_scrolls_sideways_on_the_smallest_screen(visit, language):
    with visit(f"?lang={language}", viewport=SMALL) as page:
        for state in states(page):
            assert page.evaluate(WIDTH_BEYOND_THE_SCREEN) <= 0, state


@pytest.mark.parametrize("language", ["en", "de", "ar", "hi"])
def test_text_of_twice_the_size_does_not_scroll_sideways(visit, language):
    with visit(f"?lang={language}", viewport={"width": 320, "height": 640}) as page:
        for state in states(page):
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate(WIDTH_BEYOND_THE_SCREEN) <= 0, state


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
    with visit(**DESKTOP) as page:
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
    with visit(f"?lang={language}", **DESKTOP) as page:
        answer(page)
        link, code = page.locator(".tap a").bounding_box(), page.locator(".qr").bounding_box()
        first, second = (link, code) if language == "ar" else (code, link)
        assert first["x"] + first["width"] < second["x"]


@pytest.mark.parametrize(
    "colours", [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}], ids=str
)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_camera_reads_the_code_from_the_screen(browser, visit, language, colours):
    with visit(f"?lang={language}", **DESKTOP, **colours) as page:
        answer(page)
        picture = page.locator(".qr").screenshot()
        link = page.locator(".tap a").get_attribute("href")
    image = pixels(picture, browser)
    found = zxingcpp.read_barcodes(image, formats=QR, try_invert=False)
    assert [code.text for code in found] == [link]
    assert (min(bytes(image)), max(bytes(image))) == (0, 255)
    assert {image[5, x] for x in range(20, image.shape[1] - 20)} == {255}, "the quiet zone is white"


def test_one_tap_marks_all_the_words_to_copy(visit):
    with visit(**DESKTOP) as page:
        answer(page)
        page.locator(".words").click()
        assert page.evaluate("getSelection().toString()").strip() == page.locator(".words").inner_text()


def test_the_language_at_the_top_leads_to_all_languages(visit):
    with visit(**PHONE) as page:
        page.get_by_role("link", name="Language: English").tap()
        page.get_by_role("navigation", name="Language").get_by_role("link", name="العربية").tap()
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
