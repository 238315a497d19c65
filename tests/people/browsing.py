"""A real browser for the staff's pages: what it complains about, what axe finds, what does not fit."""

from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import sync_playwright

from optins.models import User
from tests.services import chromium

WIDTHS = (1280, 768, 360)
LOOKED_AT = (1280, 360)  # by axe: the widest, and the narrowest
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
def visit(browser, live_server, clinic):
    """Opens the portal as one of the clinic's staff; what the browser complains about fails the test.

    ``expects``: what it may say, e.g. that a page was answered with 404.
    """
    complaints: list[str] = []

    @contextmanager
    def visit(role="owner", *, expects="", **options):
        client = Client()
        client.force_login(User.objects.get(username=role))
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        with browser.new_context(base_url=live_server.url, **options) as context:
            context.add_cookies([cookie])
            page = context.new_page()
            page.on("console", partial(_listen, complaints, expects))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page

    yield visit
    assert complaints == []


def _listen(complaints, expects, message):
    if not expects or expects not in message.text:
        complaints.append(message.text)


def open_everything(page):
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def problems(page):
    """What axe finds in the page as it is now, and at which widths it is wider than the screen."""
    found: list[Any] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if beyond := page.evaluate(BEYOND_THE_SCREEN):
            found.append(f"{beyond} px beyond {width}")
        for rule in Axe().run(page, options=AXE).response["violations"] if width in LOOKED_AT else ():
            found.append((width, rule["id"], [node["html"] for node in rule["nodes"]]))
    return found
