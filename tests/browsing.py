"""A real browser: its pages, what it complains about, what axe finds, what does not fit.

    SCREENSHOTS=/tmp/pictures ./dev test --sqlite tests/proof/test_seals_in_the_browser.py

keeps pictures of the pages looked at.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, sync_playwright

from tests.services import chromium
from tests.signing_in import signed_in

SCREENSHOTS = os.environ.get("SCREENSHOTS")
WIDTHS = (1280, 768, 360)
# By axe: the widest and the narrowest. In the dark, where everything else is as in the light, the narrowest.
LOOKED_AT = {"light": (1280, 360), "dark": (360,)}
# What colours do and what direction does has nothing to do with one another: two modes show both.
MODES: Any = {
    "light": {"color_scheme": "light", "locale": "en"},
    "dark-arabic": {"color_scheme": "dark", "locale": "ar"},
}
SMALL: Any = {"viewport": {"width": 240, "height": 320}}
PHONE: Any = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK: Any = {"viewport": {"width": 1280, "height": 900}}


@contextmanager
def launched() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which has Django refuse its database here.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@contextmanager
def opened(
    browser: Browser,
    address: str,
    complaints: list[str],
    *,
    user: str = "",
    expects: str = "",
    **options: Any,
) -> Iterator[Page]:
    """A page of that server, signed in as ``user``.

    Into ``complaints`` goes what the browser complains about, but for what ``expects`` says it may
    (e.g. that a page was answered with 404), and what it asks for elsewhere.
    """
    with browser.new_context(base_url=address, **options) as context:
        if user:
            sign_in(context, user, address)
        page = context.new_page()
        listen(page, complaints, expects)
        page.on("request", lambda sent: complaints.extend(_elsewhere(sent.url, address)))
        yield page


def sign_in(context: BrowserContext, user: str, address: str) -> None:
    session = signed_in(user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])


def _elsewhere(url: str, address: str) -> list[str]:
    return [] if url.startswith((address, "data:", "blob:")) else [url]


# It tells of the test alone, which wrote into a field before the browser had shown where one begins.
_TOO_QUICK = "Autofocus processing was blocked"


def listen(page: Page, complaints: list[str], expects: str = "") -> None:
    def hear(text: str) -> None:
        if not text.startswith(_TOO_QUICK) and (not expects or expects not in text):
            complaints.append(text)

    page.on("console", lambda message: hear(message.text))
    page.on("pageerror", lambda error: hear(str(error)))


@pytest.fixture
def visit(browser, live_server, clinic):
    """Opens the portal as one of the clinic's staff; what the browser complains about fails the test."""
    complaints: list[str] = []

    @contextmanager
    def visit(role="owner", *, expects="", **options):
        with opened(browser, live_server.url, complaints, user=role, expects=expects, **options) as page:
            yield page

    yield visit
    assert complaints == []


def follow(locator: Locator) -> None:
    """Press what leads to another page, and wait until it is there: a click alone does not wait."""
    with locator.page.expect_navigation():
        locator.click()


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def beyond(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    root = "document.documentElement"
    return max(0, int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")))


# Of the whole answer what is asked for alone: carrying the rest out of the browser takes long.
_LOOK = """async (options) => (await axe.run(document, options)).violations.map(
    (rule) => [rule.id, rule.nodes.map((node) => node.html)])"""


def violations(page: Page, *, colours: bool = True) -> list[Any]:
    """What axe finds in the page as it is now: each rule, and where; ``colours``: if they stand out."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # The browser's preloading of style sheets would ask for them at addresses that there are not.
    rules = {} if colours else {"color-contrast": {"enabled": False}}
    found = page.evaluate(_LOOK, {"preload": False, "resultTypes": ["violations"], "rules": rules})
    return [tuple(each) for each in found]


def problems(page: Page, *, looked_at: tuple[int, ...] = ()) -> list[Any]:
    """What axe finds in the page as it is now, and at which widths it is wider than the screen."""
    found: list[Any] = []
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    looked_at = looked_at or LOOKED_AT["dark" if is_dark else "light"]
    for width in WIDTHS:
        resize(page, width)
        if pixels := beyond(page):
            found.append(f"{pixels} px beyond {width}")
        if width in looked_at:
            # Looking at colours takes longer than all the rest, and at another width they are the same.
            found += [(width, *each) for each in violations(page, colours=width == looked_at[0])]
    return found


def resize(page: Page, width: int) -> None:
    page.set_viewport_size(ViewportSize(width=width, height=900))


def picture(page: Page, name: str, *widths: int) -> None:
    """Keep pictures of the page, at these widths or as wide as it is now, where somebody wants to look."""
    if not SCREENSHOTS:
        return
    for width in widths:
        resize(page, width)
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{width}.png", full_page=True)
    if not widths:
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)
