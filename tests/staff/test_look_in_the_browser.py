"""The admin in a real browser: light, dark and from right to left, on a desk and on a tablet."""

from contextlib import contextmanager

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect

from optins.models import ApiKey, CaptureChannel, ConsentEvent, NoticeVersion, Organisation, Purpose
from tests.browsing import MODES, open_everything, opened, violations
from tests.browsing import problems as problems_of

pytestmark = pytest.mark.walk
HOME = reverse("admin:index")
# axe looks once in each mode.
LOOKED_AT = {"light": 1280, "dark-arabic": 768}


@pytest.fixture
def visit(browser, live_server, busy_clinic):
    """Opens the admin as the clinic's owner or another; the page keeps what the browser complains about."""

    @contextmanager
    def visit(user="admin", **options):
        complaints = []
        with opened(browser, live_server.url, complaints, user=user, **options) as page:
            page.complaints = complaints
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
    return found + problems_of(page, looked_at=(LOOKED_AT[mode],))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mode", MODES)
def test_every_list_is_reachable_for_everybody_and_keeps_the_policy(visit, mode):
    with visit(**MODES[mode]) as page:
        assert {path: found for path in lists() if (found := problems(page, path, mode))} == {}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("mode", MODES)
def test_home_and_the_forms_are_reachable_for_everybody_and_keep_the_policy(visit, busy_clinic, mode):
    with visit(**MODES[mode]) as page:
        paths = [f"{HOME}?days=7", *forms(busy_clinic), HOME]
        assert {path: found for path in paths if (found := problems(page, path, mode))} == {}
        open_everything(page)
        assert problems_of(page, looked_at=(360,)) == []


@pytest.mark.parametrize("mode", MODES)
def test_signing_in_is_reachable_for_everybody_and_keeps_the_policy(visit, mode):
    with visit(user="", **MODES[mode]) as page:
        assert problems(page, reverse("admin:login"), mode) == []
        page.complaints.clear()
        page.fill("#id_username", "nobody")
        page.fill("#id_password", "wrong")
        page.keyboard.press("Enter")
        expect(page.locator(".errornote")).to_be_visible()
        assert page.complaints == []
        assert violations(page) == []


def test_an_empty_database_is_reachable_for_everybody_too(visit, member, elsewhere):
    with visit(user=member("owner", elsewhere).username) as page:
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
