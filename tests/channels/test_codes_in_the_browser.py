"""Channels, sources and printed pages in a real browser, on a screen and on paper."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from channels_capture import placements
from optins.consent import texts
from tests.browsing import MODES, open_everything, problems
from tests.channels.conftest import openings
from tests.channels.pictures import pixels, read

pytestmark = [pytest.mark.walk, pytest.mark.timeout(400)]
each_mode = pytest.mark.parametrize("mode", MODES)
A4_AT_80_DPI = {"width": 661, "height": 935}


def page_of(row):
    return reverse(f"admin:optins_{row._meta.model_name}_change", args=[row.pk])


def print_of(placement, language="en", size="a4"):
    address = reverse("admin:optins_placement_print", args=[placement.pk])
    return f"{address}?lang={language}&size={size}"


@each_mode
def test_channels_and_sources_are_reachable_for_everybody(visit, clinic, poster, mode):
    clinic.client.get(f"/q/{poster.code}")
    paths = [page_of(clinic.tap), page_of(clinic.web), page_of(clinic.thread), page_of(poster)]
    with visit(**MODES[mode]) as page:
        page.goto(reverse("admin:optins_placement_changelist"))
        assert problems(page) == []
        for path in paths:
            page.goto(path)
            open_everything(page)
            assert problems(page) == []


@each_mode
def test_the_printed_page_is_reachable_for_everybody_on_the_screen_too(visit, poster, mode):
    with visit(**MODES[mode]) as page:
        for language in ("en", "ar"):
            page.goto(print_of(poster, language))
            assert problems(page) == []


@pytest.mark.parametrize("size", ["a4", "a5"])
def test_each_language_fits_on_one_sheet(visit, poster, size):
    with visit() as page:
        sheets = {}
        for language in texts.languages():
            page.goto(print_of(poster, language, size))
            paper = page.pdf(prefer_css_page_size=True)
            sheets[language] = len(re.findall(rb"/Type /Page\b(?!s)", paper))
        assert sheets == dict.fromkeys(texts.languages(), 1)


def test_on_paper_there_is_the_sheet_alone(visit, poster):
    with visit() as page:
        page.goto(print_of(poster))
        page.emulate_media(media="print")
        expect(page.locator(".bar")).to_be_hidden()
        expect(page.locator(".sheet")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "colours"),
    [("en", {"color_scheme": "dark"}), ("ar", {"forced_colors": "active"})],
    ids=["dark", "contrast"],
)
def test_a_camera_reads_the_code_from_a_sheet_at_80_dots_an_inch(
    browser, visit, poster, settings, language, colours
):
    settings.PUBLIC_URL = "https://o.example.org"
    with visit(viewport=A4_AT_80_DPI, **colours) as page:
        page.goto(print_of(poster, language))
        page.emulate_media(media="print", **colours)
        picture = page.locator(".sheet").screenshot()
    assert read(pixels(picture, browser)).text == placements.address(poster)


def test_an_address_is_copied_with_one_click(visit, clinic, poster):
    with visit(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(page_of(poster))
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == placements.readable_address(poster)


def test_without_scripts_the_address_and_the_code_are_there_all_the_same(visit, poster):
    with visit(java_script_enabled=False) as page:
        page.goto(page_of(poster))
        expect(page.locator("#short-address")).to_have_text(placements.readable_address(poster))
        expect(page.get_by_role("button", name="Copy")).to_have_count(0)
        page.get_by_role("button", name="Show").click()
        expect(page.locator(".sheet h1")).to_contain_text("Riverside Clinic")


def test_a_source_is_added_and_tried_without_counting(visit, clinic):
    with visit("manager") as page:
        page.goto(page_of(clinic.tap))
        page.get_by_role("link", name="Add a source").click()
        page.get_by_label("Label").fill("Ward 3")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("h1").first).to_have_text("Ward 3")
        page.get_by_role("link", name="Try it").click()
        expect(page.get_by_role("button", name="Continue to WhatsApp")).to_be_visible()
    assert openings(clinic.tap.placements.get()) == {}


@each_mode
def test_an_unknown_code_is_a_page_for_everybody(visit, clinic, mode):
    with visit(expects="404", **MODES[mode]) as page:
        page.goto("/q/NOPE2")
        assert problems(page) == []
