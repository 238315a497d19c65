"""A tester's phone, as the sandbox shows it: what one does with it, and what one reads or hears."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page

from optins.sync.drain import drain
from sandbox.testers import TESTERS
from tests.browsing import follow, picture

WHATSAPP = "riverside-whatsapp"


class Phone:
    """One person, at one channel after another."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.person, self.journey = page, address, 0, ""

    def open(self, slug: str) -> None:
        self.page.goto(f"{self.address}/try/{slug}/?as={TESTERS[self.person]}")

    @property
    def heard(self) -> list[str]:
        """What was said to them here, the oldest first."""
        return self.page.locator(".theirs .said").all_inner_texts()

    def write(self, text: str) -> str:
        """Write and send; the last that is there to read after it."""
        self.page.get_by_role("textbox").fill(text)
        return self.press("Send")

    def press(self, name: str) -> str:
        """A key, or the newest button with that name."""
        follow(self.page.get_by_role("button", name=name, exact=True).last)
        if drain():  # what the portal sends by itself is not there yet
            self.page.reload()
        return self.heard[-1] if self.heard else ""

    def stop(self) -> None:
        assert "will not message you on WhatsApp any more" in self.write("STOP")
        self.keep_picture("stop")

    def sentence_of_link(self) -> str:
        """What stands in WhatsApp once the newest link was tapped; nothing is sent yet."""
        return sentence_of(self.page.locator("a[href*='/wa.me/']").last)

    def keep_picture(self, moment: str) -> None:
        picture(self.page, f"journey-{self.journey}-{moment}")


def sentence_of(link: Locator) -> str:
    """What WhatsApp is opened with by it."""
    return parse_qs(urlsplit(link.get_attribute("href") or "").query)["text"][0]
