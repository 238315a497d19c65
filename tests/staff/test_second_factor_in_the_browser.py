"""Signing in with a second factor, in a real browser: the whole way, and each page of it looked at."""

from base64 import b32decode

import pytest
from django.urls import reverse
from django_otp.oath import TOTP
from playwright.sync_api import expect

from tests.browsing import beyond, follow, opened, violations

pytestmark = pytest.mark.walk
MODES = [
    {"color_scheme": "light", "locale": "en", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "dark", "locale": "ar", "viewport": {"width": 768, "height": 900}},
]


def look(page, complaints):
    """Nothing to complain about; what axe itself sets off does not count."""
    found = [*complaints, *([page.url] if beyond(page) else []), *violations(page)]
    complaints.clear()
    assert found == []


def enter(page):
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page, clinic):
    page.goto(reverse("admin:optins_contact_changelist"))
    page.fill("#id_username", "admin")
    page.fill("#id_password", clinic.demo.password)
    enter(page)
    expect(page.locator("#id_token")).to_be_focused()


def answer(page, text):
    page.fill("#id_token", text)
    enter(page)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", MODES, ids=["light", "dark-arabic"])
def test_setting_up_signing_out_and_in_again_works_and_every_page_is_for_everybody(
    browser, live_server, live_clinic, settings, mode
):
    settings.SECOND_FACTOR = True
    complaints: list[str] = []
    with opened(browser, live_server.url, complaints, **mode) as page:
        sign_in(page, live_clinic)
        look(page, complaints)
        secret = page.locator(".card bdi").inner_text().replace(" ", "")
        answer(page, f"{TOTP(b32decode(secret)).token():06d}")
        codes = page.locator(".card li").all_inner_texts()
        look(page, complaints)
        page.locator(".card a.button").click()
        expect(page).to_have_url(live_server.url + reverse("admin:optins_contact_changelist"))
        page.goto(reverse("admin:account"))
        look(page, complaints)
        follow(page.locator("#logout-form button"))
        sign_in(page, live_clinic)
        look(page, complaints)
        answer(page, "000000")
        expect(page.locator(".errorlist")).to_be_visible()
        look(page, complaints)
        answer(page, codes[0])
        expect(page).to_have_url(live_server.url + reverse("admin:optins_contact_changelist"))


@pytest.mark.parametrize("mode", MODES, ids=["light", "dark-arabic"])
def test_the_page_for_who_is_locked_out_is_for_everybody(browser, live_server, live_clinic, mode):
    complaints: list[str] = []
    with opened(browser, live_server.url, complaints, expects="429", **mode) as page:
        for _ in range(5):
            page.goto(reverse("admin:login"))
            page.fill("#id_username", "viewer")
            page.fill("#id_password", "wrong")
            enter(page)
        expect(page.locator("h1")).to_have_text("Please wait")
        look(page, complaints)
