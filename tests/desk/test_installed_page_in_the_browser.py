"""The installed page when not all is well: no wording, a colleague who signs in, somebody after somebody."""

import pytest
from playwright.sync_api import expect

from optins.models import (
    CaptureChannel,
    DeskCapture,
    Device,
    Membership,
    Notice,
    User,
)
from tests import strangers
from tests.browsing import DESK
from tests.desk.installed import looked_at, sign_in, take

pytestmark = pytest.mark.walk

# What the console says of an answer that is a refusal, and of one that does not come.
REFUSED = "Failed to load resource"
KINDS = ("in-person", "service-call")


def captured():
    return DeskCapture.objects.exclude(captured_at=None).count()


def opened(page, stock="20 codes in stock"):
    page.goto("/desk/app/")
    sign_in(page)
    expect(page.locator("#stock")).to_have_text(stock)
    page.evaluate("navigator.serviceWorker.ready")


@pytest.mark.parametrize("without", KINDS)
def test_a_channel_without_wording_is_left_out_and_everything_else_works(start, live_clinic, without):
    (other,) = {*KINDS} - {without}
    with start(expects=REFUSED, **DESK) as page:
        opened(page)
        page.context.set_offline(True)
        take(page, kind=other)
        expect(page.locator("#count")).to_have_text("1 waiting")
        draft = Notice.objects.create(organisation=live_clinic.organisation, name="New wording")
        CaptureChannel.objects.filter(kind=without.replace("-", "_")).update(notice=draft)
        page.reload()  # as it was kept
        page.context.set_offline(False)
        expect(page.locator("#queue .good")).to_have_count(1)
        page.reload()
        expect(page.locator("#count")).to_have_text("Nothing waiting")
        assert captured() == 1
        expect(page.locator("#closed")).to_contain_text("no wording is published: Riverside Clinic")
        expect(page.locator("#problem")).to_be_hidden()
        expect(page.get_by_label("Channel", exact=True).locator("option")).to_have_count(1)
        looked_at(page, f"desk-app-without-{without}")
        take(page, kind=other)
        expect(page.locator("#queue .good")).to_have_count(1)
        assert captured() == 2


def test_a_channel_whose_wording_goes_while_the_page_is_open_keeps_no_codes_from_the_others(
    start, live_clinic
):
    with start(expects=REFUSED, **DESK) as page:
        opened(page)
        draft = Notice.objects.create(organisation=live_clinic.organisation, name="New wording")
        CaptureChannel.objects.filter(kind="in_person").update(notice=draft)
        page.evaluate(
            "store.all('codes').then((rows) => rows.forEach((row) => store.remove('codes', row.code)))"
        )
        page.get_by_role("button", name="Upload now").click()
        told = "No new codes for a channel: “New wording” has no published version."
        expect(page.locator("#problem")).to_have_text(told)
        page.get_by_label("Channel", exact=True).select_option("riverside-service-call")
        expect(page.locator("#stock")).to_have_text("20 codes in stock")
        looked_at(page, "desk-app-no-codes")


def test_what_waits_stays_through_a_colleague_of_elsewhere_and_trouble_with_the_device(start, live_clinic):
    colleague = User.objects.create_user("visitor", password="a password of theirs", is_staff=True)
    Membership.objects.create(user=colleague, organisation=strangers.make().organisation, role="agent")
    with start(expects=REFUSED, **DESK) as page:
        opened(page)
        page.context.set_offline(True)
        take(page)
        page.context.clear_cookies()
        page.context.set_offline(False)
        page.goto("/desk/app/")
        sign_in(page, "visitor", "a password of theirs")
        expect(page.locator("#closed")).to_have_text("There is no channel for you yet.")
        expect(page.locator("#problem")).to_contain_text("cannot be uploaded now: This device is not known.")
        expect(page.locator("#count")).to_have_text("1 waiting")
        expect(page.locator("#queue")).not_to_contain_text("Refused")
        looked_at(page, "desk-app-colleague")
        page.context.clear_cookies()
        Device.objects.update(revoked_at=live_clinic.now())
        page.goto("/desk/app/")
        sign_in(page)
        expect(page.locator("#problem")).to_contain_text("cannot be uploaded now: This device was revoked.")
        expect(page.locator("#count")).to_have_text("1 waiting")
        assert captured() == 0
        Device.objects.update(revoked_at=None)
        page.get_by_role("button", name="Upload now").click()
        expect(page.locator("#count")).to_have_text("Nothing waiting")
        expect(page.locator("#problem")).to_be_hidden()
        assert captured() == 1


def test_a_calls_id_is_no_evidence_of_the_next_call_and_a_place_stays(start, live_clinic):
    with start(**DESK) as page:
        opened(page)
        take(page)
        page.get_by_role("button", name="Next person").click()
        expect(page.get_by_label("Place")).to_have_value("Reception")
        take(page, kind="service-call")
        page.get_by_role("button", name="Next person").click()
        expect(page.get_by_label("Id of the call")).to_have_value("")
        page.get_by_label("Id of the call").fill("CA-1")
        page.get_by_label("Channel", exact=True).select_option("riverside-in-person")
        expect(page.get_by_label("Place")).to_have_value("")
    noted = DeskCapture.objects.exclude(captured_at=None).values_list("noted", flat=True)
    assert list(noted.order_by("captured_at", "pk")) == [{"place": "Reception"}, {"call": "Reception"}]
