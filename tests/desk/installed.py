"""The desk's pages as an agent uses them in a real browser; the installed one on a disk that stays."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from channels_capture import seed
from tests.browsing import beyond, listen, picture, resize, violations
from tests.services import chromium


def looked_at(page, name, *, without=()):
    """Axe, nothing beyond the screen, and a picture, on a wide screen and on a phone."""
    for width in (1280, 360):
        resize(page, width)
        found = violations(page, colours=width == 1280)
        assert [each for each in found if each[0] not in without] == [], name
        assert beyond(page) == 0, name
        picture(page, f"{name}-{width}")


def fill_in(page, number="", *, noted="Place"):
    page.get_by_role("checkbox").first.check()
    page.get_by_label(noted).fill("Reception")
    if number:
        page.get_by_label("Their WhatsApp number").fill(number)


@pytest.fixture
def start(browser, live_clinic, live_server, settings, tmp_path):
    """Starts a browser whose disk stays, signed in or not; what it complains about fails the test.

    ``expects``: but for this, which the server refuses or the missing connection leads to.
    """
    settings.PUBLIC_URL = live_server.url
    complaints = []

    @contextmanager
    def start(expects="ERR_INTERNET_DISCONNECTED", **options):
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "profile",
            executable_path=chromium(),
            args=["--no-sandbox"],
            base_url=live_server.url,
            **options,
        )
        page = context.pages[0]
        listen(page, complaints, expects)
        yield page
        context.close()

    yield start
    assert complaints == []


def sign_in(page, name="agent", password=""):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password or seed.demo_password(name))
    page.get_by_role("button", name="Log in").click()


def take(page, number="", kind="in-person"):
    page.get_by_label("Channel", exact=True).select_option(f"riverside-{kind}")
    fill_in(page, number, noted="Place" if kind == "in-person" else "Id of the call")
    page.get_by_role("button", name="Take a code").click()
    expect(page.locator("#code")).to_be_visible()
