"""Each channel that begins on a page or at a desk, to the message sent from WhatsApp, and to a stop there."""

import pytest
from playwright.sync_api import expect

from channels_capture import placements, registry
from optins.models import ConsentEvent
from sandbox.testers import TESTERS
from tests.browsing import PHONE, listen, picture, sign_in
from tests.desk.installed import fill_in
from tests.journeys import shop
from tests.journeys.phone import WHATSAPP, sentence_of
from tests.journeys.test_by_phone import JOURNEYS

pytestmark = [pytest.mark.walk, pytest.mark.timeout(300)]

NUMBER = f"+{TESTERS[0]}"


@pytest.fixture
def page(browser, trying, live_server, complaints):
    with browser.new_context(base_url=live_server.url, **PHONE) as context:
        page = context.new_page()
        listen(page, complaints)
        yield page


def website(page, live_server, clinic):
    page.goto("/c/riverside-web/")
    page.locator("#phone").fill(NUMBER)
    return choose(page)


def choose(page):
    """Tick everything and go on, not faster than anybody can read; what WhatsApp is opened with."""
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.wait_for_timeout(2100)
    picture(page, "journey-page-chosen")
    page.locator("form button.act").click()
    return sentence_on(page)


def sentence_on(page):
    expect(page.locator("a[href*='wa.me']").first).to_be_visible()
    return sentence_of(page.locator("a[href*='wa.me']").first)


def qr_code(page, live_server, clinic):
    channel = registry.CaptureChannel.objects.get(slug="riverside-qr")
    page.goto(f"/q/{placements.add(channel, label='Poster').code}")
    return choose(page)


def desk(kind, noted):
    def journey(page, live_server, clinic):
        sign_in(page.context, "agent", live_server.url)
        page.goto(f"/desk/at/riverside-{kind}/")
        fill_in(page, NUMBER, noted=noted)
        page.get_by_role("button", name="Make the code").click()
        expect(page.locator("#code")).to_be_visible()
        return page.locator("#code").inner_text()

    return journey


def transaction(page, live_server, clinic):
    with shop.opened(NUMBER) as address:
        page.goto(address)
        page.get_by_role("checkbox").first.check()
        picture(page, "journey-shop")
        page.get_by_role("button", name="Order").click()
        return sentence_on(page)


FROM_PAGES = {
    "website": website,
    "qr_code": qr_code,
    "service_call": desk("service-call", "Id of the call"),
    "in_person": desk("in-person", "Place"),
    "transaction": transaction,
}


@pytest.mark.parametrize("kind", FROM_PAGES)
def test_what_was_chosen_there_counts_once_it_is_sent_from_whatsapp(
    page, phone, kind, live_server, live_clinic, monkeypatch
):
    monkeypatch.setenv("SAYSO_URL", live_server.url)
    monkeypatch.setenv("SAYSO_KEY", live_clinic.demo.api_key)
    sentence = FROM_PAGES[kind](page, live_server, live_clinic)
    picture(page, f"journey-{kind}-handed-over")
    assert not ConsentEvent.objects.filter(proved=True).exists()
    phone.journey = kind
    phone.open(WHATSAPP)
    assert "Thank you" in phone.write(sentence)
    phone.keep_picture("yes")
    proved = ConsentEvent.objects.filter(kind="given", proved=True)
    assert {event.request.channel.kind for event in proved} == {kind}
    phone.stop()
    assert ConsentEvent.objects.order_by("pk").last().kind == "withdrawn"
    assert not ConsentEvent.objects.filter(is_test=False).exists()


def test_every_kind_of_channel_has_its_journey():
    assert set(FROM_PAGES) | set(JOURNEYS) == set(registry.KINDS)
