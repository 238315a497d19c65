"""The desk in a real browser: online and off, on a phone and a screen, in Arabic, with the keyboard."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import Error, expect

from optins.models import ConsentEvent, DeskCapture, User
from tests.browsing import DESK, PHONE, SMALL, beyond, follow, opened
from tests.desk import pictures
from tests.desk.installed import fill_in, looked_at, sign_in, take

pytestmark = pytest.mark.walk

AT = "/desk/at/riverside-in-person/"


@pytest.fixture
def visit(browser, live_clinic, live_server, settings):
    """Opens the desk as the agent; what the browser complains about fails the test."""
    settings.PUBLIC_URL = live_server.url
    complaints = []

    @contextmanager
    def visit(role="agent", expects="422", **options):
        # A form with errors is answered with 422, which the console mentions.
        with opened(browser, live_server.url, complaints, user=role, expects=expects, **options) as page:
            yield page

    yield visit
    assert complaints == []


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("ar", "light")])
def test_each_page_fits_and_axe_finds_nothing(visit, language, scheme):
    name = f"desk-{language}-{scheme}"
    with visit(locale=language, color_scheme=scheme, **DESK) as page:
        page.goto("/desk/")
        looked_at(page, f"{name}-home")
        page.goto(f"{AT}?lang={language}")
        page.get_by_role("button", name="Make the code").click()
        expect(page.get_by_role("alert")).to_be_focused()
        looked_at(page, f"{name}-errors")
        fill_in(page, "082 000 0101")
        page.get_by_role("button", name="Make the code").click()
        expect(page.locator("#code")).to_be_visible()
        looked_at(page, f"{name}-answer")
        page.goto("/desk/")
        follow(page.get_by_role("button", name="Make this device a kiosk"))
        page.goto(f"{page.url}?lang={language}")
        # A screen that is left behind has to clear itself: what was chosen is nobody else's business.
        looked_at(page, f"{name}-kiosk", without=("meta-refresh",))
        page.get_by_role("checkbox").first.check()
        page.locator("button.act").click()
        expect(page.locator(".qr svg")).to_be_visible()
        looked_at(page, f"{name}-kiosk-answer", without=("meta-refresh",))
        page.locator("a.act").click()
        expect(page.get_by_role("checkbox").first).not_to_be_checked()
        # Going back shows nothing: the answer was kept nowhere, and the browser would have to send it again.
        with pytest.raises(Error, match="ERR_CACHE_MISS"):
            page.go_back()


def test_without_javascript_on_the_smallest_screen_and_by_keyboard(visit):
    with visit(java_script_enabled=False, **SMALL) as page:
        page.goto("/desk/")
        page.get_by_role("link", name="Read out and capture").first.click()
        fill_in(page)
        page.get_by_label("Photo or scan").set_input_files(
            {"name": "form.png", "mimeType": "image/png", "buffer": pictures.png()}
        )
        page.get_by_role("button", name="Make the code").click()
        expect(page.locator("#code")).to_be_visible()
        page.goto("/desk/")
        follow(page.get_by_role("button", name="Make this device a kiosk"))
        for language in ("de", "hi"):
            page.goto(f"{page.url.partition('?')[0]}?lang={language}")
            assert beyond(page) == 0
        page.get_by_role("checkbox").first.check()
        page.locator("button.act").click()
        expect(page.locator(".qr svg")).to_be_visible()
        assert beyond(page) == 0
    with visit(**DESK) as page:
        page.goto(AT)
        tab_to(page, page.get_by_role("checkbox").first)
        page.keyboard.press("Space")
        tab_to(page, page.get_by_label("Place"))
        page.keyboard.type("Reception")
        page.keyboard.press("Enter")
        expect(page.locator("#code")).to_be_visible()
    assert DeskCapture.objects.exclude(captured_at=None).count() == 3


def test_captured_offline_it_waits_through_a_restart_until_the_server_has_it(start, live_clinic):
    with start(**DESK) as page:
        page.goto("/desk/app/")
        sign_in(page)
        expect(page.locator("#line")).to_have_text("Online")
        expect(page.locator("#stock")).to_have_text("20 codes in stock")
        page.evaluate("navigator.serviceWorker.ready")
        take(page)  # online: it goes at once
        expect(page.locator("#queue")).to_contain_text("With the server")
        page.get_by_role("button", name="Next person").click()
        page.get_by_label("Language of the script").select_option("ar")
        looked_at(page, "desk-app")
        page.context.set_offline(True)
        take(page, "0820000101")
        looked_at(page, "desk-app-handed")
        code = page.locator("#code").inner_text()
        page.reload()
        expect(page.locator("#count")).to_have_text("1 waiting")
        expect(page.locator("#line")).to_have_text("Offline")
    with start(offline=True, **PHONE) as page:
        page.goto("/desk/app/")
        expect(page.locator("#count")).to_have_text("1 waiting")
        looked_at(page, "desk-app-offline")
        take(page)
        expect(page.locator("#count")).to_have_text("2 waiting")
        assert DeskCapture.objects.exclude(captured_at=None).count() == 1
        live_clinic.write(code)  # before anybody knows what was chosen
        page.context.set_offline(False)
        page.get_by_role("button", name="Upload now").click()
        expect(page.locator("#count")).to_have_text("Nothing waiting")
        expect(page.locator("#queue")).to_contain_text("With the server")
        assert page.evaluate("store.all('entries')") == []
        assert page.evaluate("store.all('devices').then(([row]) => row.privateKey.extractable)") is False
    agent = User.objects.get(username="agent")
    (event,) = ConsentEvent.objects.filter(actor_reference=f"user:{agent.pk}", door="desk")
    assert event.proved is False
    assert live_clinic.gate()["decision"] == "allow"


def tab_to(page, wanted):
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {wanted}")
