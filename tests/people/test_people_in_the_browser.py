"""People and review in a real browser: for everybody, on any screen, by keyboard, under the strict policy."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from optins.models import ConsentEvent, InboundDelivery, ReviewItem, SenderContact
from tests.browsing import MODES, follow, open_everything, problems
from tests.people.conftest import page_of

pytestmark = [pytest.mark.walk, pytest.mark.timeout(400)]
LIST = reverse("admin:optins_contact_changelist")
REVIEW = reverse("admin:optins_reviewitem_changelist")
each_mode = pytest.mark.parametrize("mode", MODES)


@pytest.fixture
def work(clinic, thandi, linked):
    """One of each thing that waits for staff."""
    now = timezone.now()
    more = {"channel": clinic.thread, "body": b"", "headers": {}, "received_at": now}
    for state in ("failed", "waiting"):
        InboundDelivery.objects.create(
            state=state, attempts=3, last_error="OperationalError", next_attempt_at=now, **more
        )
    ReviewItem.objects.create(organisation=clinic.organisation, kind="unsure", contact=thandi)
    SenderContact.objects.update(parked_at=now, last_error="400: no such contact")


@each_mode
def test_the_persons_page_is_reachable_for_everybody_with_all_of_it_open(visit, thandi, linked, mode):
    with visit(**MODES[mode]) as page:
        for person in (thandi, linked[1]):
            page.goto(page_of(person))
            open_everything(page)
            assert problems(page) == []


@each_mode
def test_looking_up_is_reachable_for_everybody(visit, thandi, linked, mode):
    with visit(**MODES[mode]) as page:
        for typed in ("082 000", "99999"):
            page.goto(LIST)
            assert problems(page) == []
            page.fill("#look-up", typed)
            page.keyboard.press("Enter")
            expect(page.locator("h1")).to_have_text("Look somebody up")
            assert "082" not in page.url
            assert problems(page) == []


@each_mode
def test_the_withdrawal_is_reachable_for_everybody_in_each_of_its_states(visit, thandi, mode):
    with visit(**MODES[mode]) as page:
        page.goto(reverse("admin:optins_contact_withdraw", args=[thandi.pk]))
        assert problems(page) == []
        follow(page.locator(".withdraw .default"))
        expect(page.get_by_role("alert")).to_be_visible()
        assert problems(page) == []
        page.locator("[name=scope]").first.check()
        page.fill("[name=where]", "By telephone.")
        follow(page.locator(".withdraw .default"))
        expect(page.locator("h1")).to_have_text("Is this right?")
        assert problems(page) == []


@each_mode
def test_the_review_is_reachable_for_everybody_with_and_without_work(visit, work, mode):
    with visit(**MODES[mode]) as page:
        page.goto(REVIEW)
        expect(page.locator(".decisions")).to_have_count(3)
        assert problems(page) == []
        for model in (InboundDelivery, ReviewItem):
            model.objects.all().delete()
        SenderContact.objects.update(parked_at=None)
        page.goto(REVIEW)
        assert problems(page) == []


def test_a_withdrawal_is_recorded_by_keyboard_alone(visit, clinic, thandi):
    with visit("reviewer") as page:
        page.goto(page_of(thandi))
        page.get_by_role("link", name="Record a withdrawal").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Everything: no messages at all").focus()
        page.keyboard.press("Space")
        page.get_by_label("Where did they say it?").focus()
        page.keyboard.type("At the front desk.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Record the withdrawal").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".messagelist")).to_contain_text("The gate says no at once")
        expect(page.locator(".stands")).to_contain_text("recorded by staff")
    assert clinic.gate()["reason"] == "withdrawn"
    assert ConsentEvent.objects.filter(door="admin").count() == 1


def test_a_reviewer_works_through_what_waits(visit, clinic, work):
    with visit("reviewer", viewport={"width": 768, "height": 1024}) as page:
        page.goto(REVIEW)
        page.get_by_role("button", name="Try all 2 again").click()
        expect(page.locator(".messagelist")).to_contain_text("Due again: 2")
        page.get_by_role("button", name="Not the same").click()
        expect(page.locator(".messagelist")).to_contain_text("Decided: not the same.")
        page.get_by_role("button", name="It was a stop").click()
        expect(page.locator("#unsure")).to_have_text("Was it a stop?")
        page.get_by_label("Or leave it, because").first.fill("The number is gone.")
        page.get_by_role("button", name="Leave it").first.click()
        expect(page.locator(".messagelist")).to_contain_text("Left as it is.")
        expect(page.locator("#changelist")).to_contain_text("Not the same")
    assert clinic.gate()["reason"] == "withdrawn"
    assert InboundDelivery.objects.due(timezone.now() + timedelta(seconds=1)).count() == 2
