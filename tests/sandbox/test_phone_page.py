"""The phone in a real browser: by mouse, by keyboard, small and large, light and dark."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browsing import listen, violations

pytestmark = pytest.mark.walk
ONE = "/v1/contacts/27820000101/profile"
SMALL, LARGE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.fixture
def page(browser, sandbox):
    """The phone, opened; whatever the browser complains about fails the test."""
    page = browser.new_page(viewport=LARGE, base_url=sandbox.url)
    complaints = []
    listen(page, complaints)
    page.goto("/")
    expect(page.locator("#who")).to_have_value("27820000101")
    yield page
    page.close()
    assert complaints == []


@pytest.fixture
def asked(api, sandbox, fixture):
    """A person who has written and was asked something with two buttons."""
    sandbox.control("POST", "/sandbox/phone/send", {"from": "27820000101", "text": "JOIN"})
    api.post("/v1/messages", json=fixture("api_messages_interactive.request"))
    api.patch(ONE, json={"opted_in": True})


def bubbles(page):
    return page.get_by_test_id("message")


def test_a_message_is_written_and_sent_by_keyboard_alone(page, portal):
    page.locator("#text").focus()
    page.keyboard.type("JOIN clinic")
    page.keyboard.press("Enter")
    expect(bubbles(page)).to_contain_text("JOIN clinic")
    expect(bubbles(page)).to_have_attribute("data-status", "accepted")
    expect(page.locator("#last-webhook")).to_contain_text("200")
    expect(page.locator("#window")).to_have_attribute("data-open", "true")
    assert b'"text":{"body":"JOIN clinic"}' in portal.received[0][1]


def test_a_refused_message_says_so(page, portal):
    portal.answers[:] = [401]
    page.get_by_role("button", name="STOP").click()
    page.get_by_role("button", name="Send").click()
    expect(bubbles(page)).to_have_attribute("data-status", "refused")
    expect(page.locator("#notice")).to_contain_text("401")
    expect(page.locator("#last-webhook")).to_have_attribute("data-state", "refused")


def test_a_tapped_button_answers_the_message_it_belongs_to(asked, page, sandbox):
    page.get_by_role("button", name="Yes, please").click()
    expect(bubbles(page).last).to_contain_text("Yes, please")
    question, answer = sandbox.state()["messages"][1:]
    assert answer["body"]["interactive"]["button_reply"]["id"] == "optin:yes:v3"
    assert answer["body"]["context"] == {"from": "27820000900", "id": question["id"]}


def test_what_the_sender_holds_is_shown_as_it_changes(asked, page, api):
    expect(page.get_by_test_id("field-opted_in")).to_have_text("true")
    api.patch(ONE, json={"opted_in": False})
    expect(page.get_by_test_id("field-opted_in")).to_have_text("false")
    expect(page.locator("#opted-in")).to_have_attribute("data-value", "false")
    expect(page.locator("#profile-change")).to_contain_text("opted_in: false")


def test_a_pasted_link_fills_in_the_message_and_sends_nothing(page, portal):
    page.get_by_label("Open a wa.me link").fill("https://wa.me/27820000900?text=Yes%2C%20please+do%0AK7QX")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#text")).to_have_value("Yes, please do\nK7QX")
    expect(page.locator("#text")).to_be_focused()
    assert portal.received == []


@pytest.mark.parametrize("link", ["https://wa.me/27820000901?text=hello", "https://example.org/", "hello"])
def test_a_link_to_somebody_else_is_refused(link, page):
    page.locator("#link").fill(link)
    page.locator("#link-open").click()
    expect(page.locator("#link-error")).not_to_be_empty()
    expect(page.locator("#text")).to_have_value("")


def test_a_followed_link_opens_the_phone_with_the_message(page):
    page.goto("/wa.me/27820000900?text=Yes%2C%20please")
    expect(page.locator("#text")).to_have_value("Yes, please")
    expect(page.locator("#text")).to_be_focused()


def test_a_person_without_a_number_can_hold_the_phone(page, sandbox):
    page.locator("#who").select_option("ZA.13491208655300000001")
    page.locator("#text").fill("hello")
    page.locator("#send").click()
    expect(bubbles(page)).to_have_attribute("data-status", "accepted")
    assert "from" not in sandbox.state()["messages"][0]["body"]


def test_anybody_else_can_hold_the_phone(page, sandbox):
    page.locator("#who").select_option("someone-else")
    page.get_by_label("Number with country code, or BSUID").fill("nobody")
    page.get_by_role("button", name="Be this person").click()
    expect(page.locator("#other-error")).not_to_be_empty()
    page.locator("#other-id").fill("+27 82 000 0199")
    page.get_by_label("Name").fill("Zanele")
    page.keyboard.press("Enter")
    expect(page.locator("#who")).to_have_value("27820000199")
    page.locator("#text").fill("hello")
    page.locator("#send").click()
    expect(bubbles(page)).to_have_attribute("data-status", "accepted")
    assert sandbox.state()["contacts"]["27820000199"]["name"] == "Zanele"


def test_a_message_is_sent_as_forwarded_once(page, sandbox):
    page.get_by_label("Send as forwarded").check()
    page.locator("#text").fill("hello")
    page.locator("#send").click()
    expect(bubbles(page)).to_contain_text("Forwarded")
    expect(page.locator("#forwarded")).not_to_be_checked()
    assert sandbox.state()["messages"][0]["body"]["context"] == {"forwarded": True}


def test_a_seen_message_is_reported_as_read_unless_switched_off(asked, page, sandbox):
    expect(bubbles(page).last).to_have_attribute("data-status", "read")
    sandbox.control("POST", "/sandbox/reset")
    page.locator("#receipts").uncheck()
    sandbox.control("POST", "/sandbox/phone/send", {"from": "27820000101", "text": "JOIN"})
    text = {"to": "27820000101", "type": "text", "text": {"body": "Thank you"}}
    headers = {"Authorization": "Bearer secret-1"}
    httpx.post(f"{sandbox.url}/v1/messages", json=text, headers=headers, trust_env=False)
    expect(bubbles(page)).to_have_count(2)
    expect(bubbles(page).last).to_have_attribute("data-status", "sent")


def test_markup_in_a_message_is_shown_as_text(page, sandbox):
    text = "<img src=x onerror=alert(1)> https://example.org/a?b=c."
    sandbox.control("POST", "/sandbox/phone/send", {"from": "27820000101", "text": text})
    expect(bubbles(page)).to_contain_text(text)
    expect(bubbles(page).get_by_role("link")).to_have_attribute("href", "https://example.org/a?b=c")


def test_on_a_small_screen_the_details_are_a_view_of_their_own(page):
    page.set_viewport_size(SMALL)
    expect(page.locator("#details")).to_be_hidden()
    page.get_by_role("button", name="Details").click()
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.locator("#details-close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#composer")).to_be_visible()
    expect(page.locator("#details-toggle")).to_be_focused()


@pytest.mark.parametrize("width", [320, 360, 860, 1280])
def test_nothing_sticks_out_at_the_side(width, asked, page):
    page.set_viewport_size({"width": width, "height": 740})
    expect(bubbles(page)).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_axe_finds_nothing(size, scheme, asked, page):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    expect(page.get_by_test_id("reply")).to_have_count(2)
    assert violations(page) == []
    if size == SMALL:
        page.locator("#details-toggle").click()
        assert violations(page) == []
