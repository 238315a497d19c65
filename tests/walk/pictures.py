"""The pictures in docs/pictures, taken of a demo that somebody has used:

./dev manage shell -c "from tests.walk import pictures; pictures.main()"
"""

import base64
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from config.supervisor import ROOT
from tests.browsing import launched
from tests.services import wait_until
from tests.walk.demo import Demo

FOLDER = ROOT / "docs" / "pictures"
LARGEST = 200_000  # bytes: a README is also read over a slow line
PERSON = "27820000101"
FROM = {"from": PERSON}
PHONE = ViewportSize(width=360, height=760)
DESK = ViewportSize(width=1120, height=1310)
# Both in one, as they belong together: what the person sees, and what staff see of it.
BOTH = """<!doctype html><style>
  body {{ margin: 0; padding: 40px 40px 56px; background: #e3efee; }}
  div {{ position: relative; block-size: 1120px; }}
  img {{ position: absolute; border-radius: 14px; box-shadow: 0 12px 40px #1d2b2c33; }}
  .desk {{ inset: 0 auto auto 0; inline-size: 930px; border: 1px solid #dfdbd1; }}
  .phone {{ inset: auto 0 0 auto; inline-size: 316px; border: 8px solid #1d2b2c; border-radius: 34px; }}
</style><div><img class="desk" src="{desk}"><img class="phone" src="{phone}"></div>"""


def take(browser: Browser, demo: Demo, folder: Path) -> None:
    """Use the demo as a person and as staff, and write what each of them sees."""
    folder.mkdir(exist_ok=True)
    with browser.new_context(viewport=PHONE, device_scale_factor=2, locale="en") as context:
        phone = context.new_page()
        phone.goto(demo.channel("website")["page_url"])
        for box in phone.locator('input[name="purposes"]').all():
            box.check()
        # Past the text: what one chooses.
        phone.evaluate("document.querySelector('form').scrollIntoView()")
        page = _picture(phone)
    with browser.new_context(viewport=DESK, device_scale_factor=2, locale="en") as context:
        desk = _picture(_person(context.new_page(), demo))
    with browser.new_context(viewport={"width": 1280, "height": 1216}, device_scale_factor=1.25) as context:
        both = context.new_page()
        both.set_content(BOTH.format(desk=_address(desk), phone=_address(page)))
        both.wait_for_function("Array.from(document.images).every((image) => image.complete)")
        _write(folder / "sayso.webp", _picture(both))


def _person(page: Page, demo: Demo) -> Page:
    """The staff's page of somebody who said yes, stopped, and kept one thing."""
    both = demo.details["purposes"]
    demo.write(demo.choose(demo.channel("website")["page_url"], *both, phone=f"0{PERSON[2:]}"), **FROM)
    _next_second()
    demo.write("STOP", **FROM)
    _next_second()
    demo.tap(FROM, demo.received(PERSON, 2), "Appointment")
    demo.comes_to_hold(PERSON, True)
    page.goto(f"{demo.portal}/admin/")
    page.fill("#id_username", "reviewer")
    page.fill("#id_password", _password(demo, "reviewer"))
    page.keyboard.press("Enter")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="People").click()
    page.fill("#look-up", f"0{PERSON[2:]}")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Person")
    return page


def _next_second() -> None:
    """WhatsApp's times are whole seconds, and each of her messages has one of its own."""
    now = int(time.time())
    wait_until(lambda: int(time.time()) > now)


def _password(demo: Demo, role: str) -> str:
    return next(each["password"] for each in demo.details["staff"] if each["username"] == role)


def _picture(page: Page) -> bytes:
    """What is in the window, as WebP: half as large as PNG, and as crisp."""
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 90})
    return base64.b64decode(taken["data"])


def _address(picture: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"


def _write(path: Path, picture: bytes) -> None:
    if len(picture) > LARGEST:
        raise SystemExit(f"{path.name} has {len(picture):,} bytes, more than {LARGEST:,}.")
    path.write_bytes(picture)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="sayso-pictures-") as folder, launched() as browser:
        demo = Demo(Path(folder))
        try:
            demo.start()
            take(browser, demo, FOLDER)
        finally:
            demo.close()


if __name__ == "__main__":
    main()
