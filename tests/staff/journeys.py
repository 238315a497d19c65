"""One member of staff in the browser, and a hard look at every page they come to."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, Page

from tests.people.browsing import AXE, BEYOND_THE_SCREEN

# SCREENSHOTS=folder keeps a picture of every page, at each width and in each mode.
FOLDER = os.environ.get("SCREENSHOTS")
DESK, TABLET, PHONE = 1280, 768, 360
HEIGHT = 900


class Journey:
    """What one member of staff does, page by page; ``found`` collects what is wrong with any of them."""

    def __init__(self, browser: Browser, address: str, role: str) -> None:
        self.role, self.count = role, 0
        self.found: list[Any] = []
        self.complaints: list[str] = []
        self.page, self.arabic = (self._tab(browser, address, locale) for locale in ("en", "ar"))

    def _tab(self, browser: Browser, address: str, locale: str) -> Page:
        context = browser.new_context(base_url=address, locale=locale, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def end(self) -> None:
        for page in (self.page, self.arabic):
            page.context.close()

    def _hear(self, message: Any) -> None:
        # The browser tells of every page that is refused, and being refused belongs to a journey.
        if "403 (Forbidden)" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, password: str) -> None:
        self.page.goto(reverse("admin:login"))
        self.page.fill("#id_username", self.role)
        self.page.fill("#id_password", password)
        self.go(lambda: self.page.keyboard.press("Enter"))
        self.arabic.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]

    def go(self, act: Any) -> None:
        """Do what leads to another page, and wait until it is there."""
        with self.page.expect_navigation():
            act()

    def section(self, name: str, tab: str = "") -> None:
        """By the navigation, as one who does not know the addresses."""
        for where, label in (("Sections", name), (name, tab)):
            if label:
                links = self.page.get_by_role("navigation", name=where).get_by_role(
                    "link", name=label, exact=True
                )
                self.go(links.click)

    def press(self, name: str, *, within: str = "main") -> None:
        self.go(self.page.locator(within).get_by_role("button", name=name, exact=True).first.click)

    def follow(self, name: str, *, within: str = "main", exact: bool = True) -> None:
        self.go(self.page.locator(within).get_by_role("link", name=name, exact=exact).first.click)

    # Looking

    def look(self, name: str, *, in_arabic: bool = True) -> None:
        """As it is now, light and dark, on a desk and a tablet; and what its address shows in Arabic."""
        self.count += 1
        told = f"{self.role} {self.count} {name}"
        self._see(self.page, told, "light", DESK)
        self._see(self.page, told, "dark", TABLET)
        if FOLDER:
            self._see(self.page, told, "light", TABLET, hard=False)
            self._see(self.page, told, "dark", DESK, hard=False)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": DESK, "height": HEIGHT})
        if in_arabic:
            self.arabic.goto(self.page.url)
            self._see(self.arabic, told, "arabic", DESK, hard=False)
            self._see(self.arabic, told, "arabic", TABLET)
        self.found += [(told, complaint) for complaint in self.complaints]
        self.complaints.clear()

    def _see(self, page: Page, name: str, mode: str, width: int, *, hard: bool = True) -> None:
        """``hard``: also as narrow as a phone, and with axe."""
        page.emulate_media(color_scheme="dark" if mode == "dark" else "light")
        for screen in (PHONE, width) if hard else (width,):
            page.set_viewport_size({"width": screen, "height": HEIGHT})
            if beyond := page.evaluate(BEYOND_THE_SCREEN):
                self.found.append((name, mode, f"{beyond} px beyond {screen}"))
        if FOLDER:
            where = Path(FOLDER) / f"{name.replace(' ', '-')}-{mode}-{width}.png"
            page.screenshot(path=where, full_page=True)
        for rule in Axe().run(page, options=AXE).response["violations"] if hard else ():
            self.found.append((name, mode, width, rule["id"], [node["html"] for node in rule["nodes"]]))
