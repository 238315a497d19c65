"""Trying words, and stops that came in a burst: in a real browser, for everybody."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from optins.models import SenderContact
from tests.browsing import MODES, picture, problems

pytestmark = [pytest.mark.walk, pytest.mark.timeout(300)]


@pytest.mark.parametrize("mode", MODES)
def test_trying_words_and_deciding_on_a_burst_are_reachable_for_everybody(visit, clinic, mode):
    clinic.write(clinic.choose("health-tips"))
    SenderContact.objects.update(marketing_stop_parked_at=timezone.now())
    with visit(**MODES[mode]) as page:
        page.goto(f"/admin/optins/capturechannel/{clinic.thread.pk}/words/")
        assert problems(page) == []
        page.get_by_label("The message").fill("Stop. Thank you")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Asks one question")
        assert problems(page) == []
        picture(page, f"words-{mode}", 1280, 360)
        page.goto("/admin/optins/reviewitem/")
        expect(page.get_by_role("heading", name="Very many stops at once 1")).to_be_visible()
        assert problems(page) == []
        picture(page, f"parked-{mode}", 1280, 360)
        page.get_by_role("button", name="They are stops: keep them").click()
        expect(page.get_by_text("They are kept.")).to_be_visible()
