"""The editor, the check, the difference and the preview in a real browser: for everybody, on any screen."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from optins.consent import publishing
from optins.models import NoticeVersion, User
from tests.browsing import MODES, picture, problems

pytestmark = [pytest.mark.walk, pytest.mark.timeout(300)]


def address(version, name="change", query=""):
    return reverse(f"admin:optins_noticeversion_{name}", args=[version.pk]) + query


@pytest.fixture
def draft(clinic):
    """A draft in which something was changed, and something is wrong."""
    draft = publishing.new_draft(clinic.web.notice, User.objects.get(username="manager"))
    row = draft.translations.get(language="en")
    row.body = row.body.replace("It is free to say no", "You are free to say no at any time")
    row.details = row.details.partition("\n")[2]
    row.save()
    return draft


def test_wording_is_written_checked_and_published_on_any_screen(visit, clinic, draft):
    with visit("manager", **MODES["light"]) as page:
        page.goto(address(draft, "edit", "?lang=en"))
        expect(page.locator("#check")).to_contain_text("It does not give the organisation's address.")
        picture(page, "wording-editor", 1280, 360)
        assert problems(page) == []
        page.get_by_role("button", name="Add it to the small print").first.click()
        expect(page.locator("#check .verdict")).to_contain_text("It has everything")
        page.get_by_label("How to stop").fill("Ring us up.")
        expect(page.locator("#check .verdict")).to_contain_text("1 to mend")
        expect(page.locator("#check-status")).to_contain_text("1 to mend")
        page.get_by_label("How to stop").fill("To stop, send STOP to us on WhatsApp.")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".messagelist")).to_contain_text("Saved: English.")
        picture(page, "wording-draft", 1280, 360)
        assert problems(page) == []
        page.goto(address(draft, "edit", "?lang=ar"))
        assert problems(page) == []
        page.goto(address(draft))
        page.get_by_role("button", name="Hand in for approval").click()
        expect(page.locator(".messagelist")).to_contain_text("Handed in")
    with visit("reviewer", **MODES["dark-arabic"]) as page:
        page.goto(address(draft, "diff"))
        expect(page.locator("ins").nth(1)).to_be_visible()
        picture(page, "wording-diff", 1280, 360)
        assert problems(page) == []
        page.goto(address(draft, "preview", "?lang=ar"))
        picture(page, "wording-preview", 1280, 360)
        assert problems(page) == []
        page.get_by_role("link", name="Website").first.click()
        expect(page.get_by_role("note")).to_contain_text("Nothing is collected here")
        expect(page.locator("button.act")).to_be_disabled()
        picture(page, "wording-page", 1280, 360)
    with visit("reviewer", **MODES["dark-arabic"]) as page:
        page.goto(address(draft))
        picture(page, "wording-review", 1280, 360)
        assert problems(page) == []
        page.locator("form[action$='/approve/'] button").click()
        expect(page.locator(".messagelist")).to_contain_text("Published")
    assert NoticeVersion.objects.get(pk=draft.pk).published_at < timezone.now()


def test_without_scripts_the_check_is_a_button(visit, draft):
    with visit("manager", java_script_enabled=False) as page:
        page.goto(address(draft, "edit", "?lang=en"))
        page.get_by_label("How to stop").fill("Ring us up.")
        page.get_by_role("button", name="Check", exact=True).click()
        expect(page.locator("#check")).to_contain_text("no word that the chat understands")
        expect(page.get_by_label("How to stop")).to_have_value("Ring us up.")
    assert draft.translations.get(language="en").stop != "Ring us up."
