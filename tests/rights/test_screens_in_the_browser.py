"""Requests and holds in a real browser: for everybody, on any screen, in each of their states."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from optins import erasing
from optins.consent import erasure, rights
from optins.models import DataSubjectRequest, LegalHold
from tests.browsing import MODES, follow, open_everything, problems
from tests.people.conftest import page_of
from tests.rights.conftest import person

pytestmark = [pytest.mark.walk, pytest.mark.timeout(400)]
REQUESTS = reverse("admin:optins_datasubjectrequest_changelist")
HOLDS = reverse("admin:optins_legalhold_changelist")


def address(name, row):
    return reverse(f"admin:optins_{name}", args=[row.pk])


def looked_at(page, path):
    page.goto(path)
    open_everything(page)
    return problems(page)


@pytest.mark.parametrize("mode", MODES)
def test_requests_and_holds_are_reachable_for_everybody_in_each_of_their_states(visit, clinic, mode):
    clinic.write(clinic.choose(*clinic.purposes))
    thandi, now = person(), timezone.now()
    late = rights.file(thandi, "access", "staff", now=now - timedelta(days=40))
    with visit(**MODES[mode]) as page:
        assert looked_at(page, address("datasubjectrequest_open", thandi)) == []
        follow(page.locator("form.card .default"))
        expect(page.get_by_role("alert")).to_be_visible()
        assert problems(page) == []
        page.get_by_label("Erase everything").check()
        follow(page.locator("form.card .default"))
        assert problems(page) == []
        page.get_by_label("Called back on this number").check()
        follow(page.get_by_role("button", name="It is them"))
        expect(page.get_by_role("button", name="Approve and erase")).to_be_visible()
        assert looked_at(page, page.url) == []
        assert looked_at(page, address("legalhold_place", thandi)) == []
        page.get_by_label("For which matter?").fill("Case 14/2026")
        follow(page.locator("form.card .default"))
        assert problems(page) == []
        for path in (
            page_of(thandi),
            address("datasubjectrequest_change", late),
        ):
            assert (path, looked_at(page, path)) == (path, [])
        for path in (REQUESTS, HOLDS):
            page.goto(path)
            assert (path, problems(page)) == (path, [])
        page.goto(address("datasubjectrequest_change", DataSubjectRequest.objects.get(kind="erase")))
        follow(page.get_by_role("button", name="Approve and erase"))
        assert problems(page) == []
        erasing.finish_all(now + erasure.DEADLINE + timedelta(hours=1))
        for path in (page.url, reverse("admin:optins_reviewitem_changelist"), page_of(thandi)):
            assert (path, looked_at(page, path)) == (path, [])
    assert LegalHold.objects.count() == 1
