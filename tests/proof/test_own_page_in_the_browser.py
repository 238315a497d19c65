"""The own page and the receipt in a real browser: on any screen, in any direction, without a script."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from optins.models import ConsentEvent
from tests.browsing import DESK, PHONE, SMALL, beyond, opened, picture, violations
from tests.proof.people import agree, own

pytestmark = pytest.mark.walk


@pytest.fixture
def visit(browser, live_clinic, live_server):
    """Opens her own page; what the browser complains about, or asks elsewhere for, fails the test."""
    thandi = agree(live_clinic, "appointment-reminders")
    complaints = []

    @contextmanager
    def visit(more="", **options):
        with opened(browser, live_server.url, complaints, **options) as page:
            page.goto(own(thandi, more=more))
            yield page

    yield visit
    assert complaints == []


def look(page, name):
    """What is wrong with the page as it is now."""
    picture(page, name)
    found = [*violations(page), *filter(None, [beyond(page)])]
    return [(name, found)] if found else []


def test_it_can_be_read_on_any_screen_in_any_direction_light_and_dark(visit):
    wrong = []
    for name, options in {"small": SMALL, "phone": PHONE, "desk": DESK}.items():
        for language, scheme in (("en", "light"), ("ar", "dark"), ("de", "light")):
            if name == "desk" and language == "de":
                continue
            with visit(f"?lang={language}", color_scheme=scheme, **options) as page:
                page.locator("summary").first.click()
                wrong += look(page, f"own-{name}-{language}")
                page.goto(page.url.replace("?", "receipt?"))
                wrong += look(page, f"receipt-{name}-{language}")
                if name == "desk":
                    page.emulate_media(media="print")
                    wrong += look(page, f"print-{language}")
    assert not wrong


def test_stopping_and_asking_again_need_a_finger_and_no_script(visit):
    with visit("?lang=en", java_script_enabled=False, **PHONE) as page:
        targets = page.locator("button, summary, main a").all()
        assert [t.inner_text() for t in targets if t.bounding_box()["height"] < 44] == []
        page.get_by_role("button", name="Stop appointment reminders").tap()
        expect(page.get_by_role("status")).to_contain_text("nothing is sent about appointment reminders")
        picture(page, "own-stopped")
        page.get_by_role("button", name="Say yes to appointment reminders").tap()
        expect(page.get_by_role("link", name="Open WhatsApp")).to_be_visible()
        page.goto(page.url.replace("?", "receipt?"))
        expect(page.locator("main")).to_contain_text("Stopped on")
    assert ConsentEvent.objects.filter(door="web", kind="withdrawn").count() == 1
