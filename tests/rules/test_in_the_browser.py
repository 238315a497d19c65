"""The pages about the law in a real browser: light, dark and from right to left, at every width."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from optins.models import Contact, OptOutRegistry, Organisation
from tests.browsing import MODES, beyond, picture, problems, resize
from tests.gates import setting
from tests.signals import REMINDERS, record_all, yes

pytestmark = pytest.mark.walk
PAGES = {
    "rules": "organisation_rules",
    "lists": "optoutregistry_changelist",
    "add-a-list": "optoutregistry_add",
    "runs-out": "runningout_changelist",
}


@pytest.mark.parametrize("mode", MODES)
def test_the_pages_about_the_law_work_in_every_mode_and_width(clinic, visit, mode):
    setting(clinic, REMINDERS, expires_after_days=20)
    record_all(clinic, yes("a"))
    organisation = Organisation.objects.get(slug="riverside-clinic")
    day = timezone.localdate() - timedelta(days=40)
    OptOutRegistry.objects.create(
        organisation=organisation, name="NCC opt-out registry", listed_on=day, uploaded_at=timezone.now()
    )
    with visit("owner", **MODES[mode]) as page:
        # Their colours and their direction are the skin's; the page of the rules has styles of its own.
        for name, address in PAGES.items() if mode == "light" else [("rules", PAGES["rules"])]:
            page.goto(reverse(f"admin:optins_{address}"))
            assert problems(page) == []
            picture(page, f"{name}-{mode}", 1280, 360)
        for name, row in (("contact_declared", Contact.objects.get()), ("notice_change", clinic.web.notice)):
            page.goto(reverse(f"admin:optins_{name}", args=[row.pk]))
            assert problems(page) == []
            picture(page, f"{name}-{mode}", 1280, 360)
        page.goto(reverse("admin:index"))
        assert "opt-out list too old" in page.content()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_box_for_marketing_says_an_age_at_the_narrowest_width(clinic, visit, language):
    with visit("owner") as page:
        resize(page, 240)
        page.goto(f"/c/{clinic.tap.slug}/?lang={language}")
        assert "18" in page.locator("label.tick").last.inner_text()
        assert beyond(page) == 0
        picture(page, f"box-{language}", 240)
