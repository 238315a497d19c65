"""The admin in a real browser: light, dark and from right to left, on a desk and on a tablet."""

from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect, sync_playwright

from optins.models import ApiKey, CaptureChannel, ConsentEvent, NoticeVersion, Organisation, Purpose
from tests.services import chromium
from tests.staff.conftest import signed_in

pytestmark = pytest.mark.walk
HOME = reverse("admin:index")
WIDTHS = (1280, 768, 360)
# axe looks once in each mode.
LOOKED_AT = {"light": 1280, "dark": 768, "arabic": 768}
MODES = {
    "light": {"color_scheme": "light", "locale": "en"},
    "dark": {"color_scheme": "dark", "locale": "en"},
    "arabic": {"color_scheme": "light", "locale": "ar"},
}
# The browser's preloading of style sheets would ask for them at addresses that there are not.
AXE = {"preload": False}
BEYOND_THE_SCREEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def browser():
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which has Django refuse its database here.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, live_server, busy_clinic):
    """Opens the admin as the clinic's owner or as nobody; the page keeps what the browser complains about."""
    session = signed_in(busy_clinic.demo.admin).cookies["sessionid"].value

    @contextmanager
    def visit(*, user=True, **options):
        with browser.new_context(base_url=live_server.url, **options) as context:
            if user:
                context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            page = context.new_page()
            page.complaints = []
            page.on("console", lambda message: page.complaints.append(message.text))
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            yield page

    return visit


def address(model, page="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def lists():
    return sorted(address(model) for model in admin.site._registry)


def forms(clinic):
    yield address(Purpose, "add")
    yield address(ApiKey, "add")
    for model in (Organisation, CaptureChannel, ConsentEvent, NoticeVersion):
        yield address(model, "change", clinic.rows[model].pk)


def problems(page, path, mode="light"):
    """What the browser, axe and the page's width have to say about one page."""
    page.complaints.clear()
    answer = page.goto(path)
    found = [*page.complaints] if answer.ok and page.url.endswith(path) else [page.url, answer.status]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if beyond := page.evaluate(BEYOND_THE_SCREEN):
            found.append(f"{beyond} px beyond {width}")
        for rule in Axe().run(page, options=AXE).response["violations"] if width == LOOKED_AT[mode] else ():
            found.append((width, rule["id"], [node["html"] for node in rule["nodes"]]))
    return found


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mode", MODES)
def test_every_list_is_reachable_for_everybody_and_keeps_the_policy(visit, mode):
    with visit(**MODES[mode]) as page:
        assert {path: found for path in lists() if (found := problems(page, path, mode))} == {}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mode", MODES)
def test_home_and_the_forms_are_reachable_for_everybody_and_keep_the_policy(visit, busy_clinic, mode):
    with visit(**MODES[mode]) as page:
        paths = [HOME, f"{HOME}?days=7", *forms(busy_clinic)]
        assert {path: found for path in paths if (found := problems(page, path, mode))} == {}


@pytest.mark.parametrize("mode", MODES)
def test_signing_in_is_reachable_for_everybody_and_keeps_the_policy(visit, mode):
    with visit(user=False, **MODES[mode]) as page:
        assert problems(page, reverse("admin:login"), mode) == []
        page.complaints.clear()
        page.fill("#id_username", "nobody")
        page.fill("#id_password", "wrong")
        page.keyboard.press("Enter")
        expect(page.locator(".errornote")).to_be_visible()
        assert page.complaints == []
        assert Axe().run(page, options=AXE).response["violations"] == []


def test_an_empty_database_is_reachable_for_everybody_too(visit, member, elsewhere, live_server):
    cookie = signed_in(member("owner", elsewhere)).cookies["sessionid"].value
    with visit(user=False) as page:
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        for path in (HOME, address(ConsentEvent), address(CaptureChannel)):
            assert problems(page, path) == []


def test_the_theme_can_be_chosen_and_is_remembered(visit):
    paper = "getComputedStyle(document.body).backgroundColor"
    with visit(color_scheme="light") as page:
        page.goto(HOME)
        light = page.evaluate(paper)
        page.get_by_role("button", name="theme").click()
        dark = page.evaluate(paper)
        assert dark != light
        page.reload()
        assert page.evaluate(paper) == dark
        assert page.complaints == []


def test_in_arabic_the_page_is_mirrored(visit):
    with visit(locale="ar") as page:
        page.goto(address(ConsentEvent))
        side, content = page.locator("#header").bounding_box(), page.locator("main").bounding_box()
        assert side["x"] > content["x"]
        kind, proved = (page.locator(f"th.column-{name}").bounding_box() for name in ("column", "proved"))
        assert kind["x"] > proved["x"]


def test_a_list_is_filtered_by_keyboard_alone(visit):
    with visit() as page:
        page.goto(address(ConsentEvent))
        rows = page.locator("#result_list tbody tr")
        before = rows.count()
        page.locator("#changelist-filter summary").first.focus()
        page.keyboard.press("Enter")
        page.locator("#changelist-filter").get_by_role("link", name="Withdrawn").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#changelist-filter summary b")).to_have_text("Withdrawn")
        assert 0 < rows.count() < before
        assert page.complaints == []


def test_on_a_tablet_the_sections_stand_above_and_each_can_be_reached(visit):
    with visit(viewport={"width": 768, "height": 1024}) as page:
        page.goto(HOME)
        for name in ("People", "Channels", "Wording", "Sending", "Review", "Settings"):
            page.get_by_role("navigation", name="Sections").get_by_role("link", name=name).click()
            current = page.locator(".sections [aria-current=true]")
            expect(current).to_contain_text(name)
            expect(page.locator("h1")).to_be_in_viewport()
