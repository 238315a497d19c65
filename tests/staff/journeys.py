"""One member of staff in the browser, and a hard look at every page they come to."""

from typing import Any, Literal

from django.urls import reverse
from playwright.sync_api import Browser, Page

from tests.browsing import SCREENSHOTS, beyond, listen, picture, resize, violations

DESK, TABLET, PHONE = 1280, 768, 360


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
        # The browser tells of every page that is refused, and being refused belongs to a journey.
        listen(page, self.complaints, expects="403 (Forbidden)")
        return page

    def end(self) -> None:
        for page in (self.page, self.arabic):
            page.context.close()

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
        """As it is now, light on a desk; and what its address shows in Arabic, dark on a tablet."""
        self.count += 1
        told = f"{self.role} {self.count} {name}"
        self._see(self.page, told, "light", DESK)
        if SCREENSHOTS:
            self._see(self.page, told, "dark", TABLET, hard=False)
            self._see(self.page, told, "light", TABLET, hard=False)
        if not in_arabic or SCREENSHOTS:
            self._see(self.page, told, "dark", DESK, hard=not in_arabic)
        self.page.emulate_media(color_scheme="light")
        resize(self.page, DESK)
        if in_arabic:
            self.arabic.goto(self.page.url)
            self._see(self.arabic, f"{told} arabic", "dark", TABLET)
        self.found += [(told, complaint) for complaint in self.complaints]
        self.complaints.clear()

    def _see(
        self, page: Page, name: str, mode: Literal["light", "dark"], width: int, *, hard: bool = True
    ) -> None:
        """``hard``: also as narrow as a phone, and with axe."""
        page.emulate_media(color_scheme=mode)
        for screen in (PHONE, width) if hard else (width,):
            resize(page, screen)
            if pixels := beyond(page):
                self.found.append((name, mode, f"{pixels} px beyond {screen}"))
        picture(page, f"{name.replace(' ', '-')}-{mode}", width)
        for found in violations(page) if hard else ():
            self.found.append((name, mode, width, *found))
