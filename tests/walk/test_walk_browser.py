"""The same walk in a real browser: the page, the phone beside it, and the staff's view of what came of it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browsing import launched
from tests.services import wait_until
from tests.walk import pictures

pytestmark = [pytest.mark.walk, pytest.mark.timeout(300)]

LARGE, SMALL = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
BOTH = ("appointment-reminders", "health-tips")
# The worker's tick and the phone's lie on the way, and the machine may be busy.
SOON = 60_000


@pytest.fixture(scope="module")
def browser():
    expect.set_options(timeout=SOON)
    with launched() as browser:
        yield browser


@pytest.fixture
def tab(browser):
    """Opens tabs; whatever the browser complains about in one of them fails the test."""
    opened, complaints = [], []

    def new(viewport=LARGE, **more):
        page = browser.new_page(viewport=viewport, **more)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(SOON)
        opened.append(page)
        return page

    yield new
    for page in opened:
        page.close()
    assert complaints == []


def choose(page, address, *purposes, number=""):
    """Fill in the page and send it; gives the address of the link to tap."""
    page.goto(address)
    came = page.evaluate("performance.now()")
    for key in purposes:
        page.locator(f'input[name="purposes"][value="{key}"]').check()
    if number:
        page.locator("#phone").fill(number)
    # Nobody reads and chooses within two seconds, and the page does not believe it.
    wait_until(lambda: page.evaluate("performance.now()") > came + 2500)
    page.locator("form button.act").click()
    expect(page.locator("a.act")).to_be_visible()
    return page.locator("a.act").get_attribute("href")


def open_chat(phone, demo, link, person):
    """What tapping the link does on a phone: the chat is open, the words are there, nothing is sent."""
    parts = urlsplit(link)
    assert parts.hostname == "wa.me"
    phone.goto(f"{demo.sandbox.url}/wa.me{parts.path}?{parts.query}")
    phone.locator("#who").select_option(person)
    expect(phone.locator("#text")).not_to_have_value("")


def say(phone, text):
    phone.locator("#text").fill(text)
    phone.locator("#send").click()


def tap(phone, title):
    """Tap a button below a message, once it is there."""
    phone.get_by_test_id("reply").filter(has_text=title).click()


def messages(phone, direction):
    return phone.locator(f'[data-testid="message"][data-direction="{direction}"]')


def taken(phone, count):
    """So many messages were sent, and the portal has taken the last."""
    expect(messages(phone, "inbound").nth(count - 1)).to_have_attribute("data-status", "accepted")


def sender_holds(phone, opted_in):
    expect(phone.locator("#opted-in")).to_have_attribute("data-value", opted_in)


@pytest.mark.parametrize("viewport", [LARGE, SMALL], ids=["desktop", "phone"])
def test_a_person_opts_in_on_the_page_and_stops_in_the_chat(demo, tab, viewport):
    person = "27820000101" if viewport is LARGE else "27820000102"
    page, phone = tab(viewport), tab()
    link = choose(page, demo.channel("website")["page_url"], *BOTH, number=f"0{person[2:]}")
    assert demo.reason(phone=f"+{person}") == "unknown_contact"

    open_chat(phone, demo, link, person)
    phone.locator("#send").click()
    taken(phone, 1)
    assert demo.gate(phone=f"+{person}")["decision"] == "allow"
    sender_holds(phone, "true")
    expect(messages(phone, "outbound")).to_contain_text("Riverside Clinic")

    say(phone, "STOP")
    taken(phone, 2)
    assert demo.reason(phone=f"+{person}") == "withdrawn"
    sender_holds(phone, "false")
    expect(phone.get_by_test_id("reply")).to_have_count(2)

    tap(phone, "Health tips")
    sender_holds(phone, "true")
    assert demo.consents_to("health-tips", phone=f"+{person}")
    assert demo.reason(phone=f"+{person}") == "withdrawn"


def test_a_person_who_shows_no_number_opts_in_without_javascript(demo, tab):
    bsuid = "ZA.13491208655300000001"
    page, phone = tab(java_script_enabled=False), tab()
    link = choose(page, demo.channel("website", 1)["page_url"], "health-tips")
    open_chat(phone, demo, link, bsuid)
    phone.locator("#send").click()
    sender_holds(phone, "true")
    assert demo.consents_to("health-tips", bsuid=bsuid)


def test_a_join_word_is_answered_with_buttons_and_yes_counts(demo, tab):
    phone = tab()
    phone.goto(demo.sandbox.url)
    phone.locator("#who").select_option("447700900101")
    say(phone, "JOIN")
    tap(phone, "Yes")
    sender_holds(phone, "true")
    assert demo.gate(phone="+447700900101")["decision"] == "allow"


def test_staff_see_the_event_and_can_change_nothing(demo, tab):
    demo.write("STOP", **{"from": "27820000114"})
    page, admin = tab(), demo.details["admin"]
    page.goto(f"{demo.portal}/admin/")
    page.locator("#id_username").fill(admin["username"])
    page.locator("#id_password").fill(admin["password"])
    page.locator('[type="submit"]').click()
    expect(page.locator("#logout-form")).to_be_attached()
    page.goto(f"{demo.portal}/admin/optins/consentevent/")
    expect(page.locator("#result_list")).to_contain_text("Withdrawn")
    expect(page.locator(".object-tools .addlink")).to_have_count(0)
    page.locator("#result_list").get_by_role("link", name="Withdrawn").first.click()
    expect(page.locator("#content")).to_contain_text("Sent a stop word")
    controls = page.locator('#content :is([type="submit"], .deletelink, textarea, select)')
    expect(controls).to_have_count(0)


def test_the_readmes_picture_can_be_taken_again(demo, browser, tmp_path):
    pictures.take(browser, demo, tmp_path)
    taken, kept = ({path.name for path in folder.iterdir()} for folder in (tmp_path, pictures.FOLDER))
    assert taken == kept
