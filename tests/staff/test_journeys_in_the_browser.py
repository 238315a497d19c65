"""What each role does, in the browser, from signing in on: and every page of it is for everybody.

    SCREENSHOTS=/tmp/pictures ./dev test --sqlite tests/staff/test_journeys_in_the_browser.py

keeps the pictures: a desk and a tablet, light, dark and in Arabic.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from channels_capture.seed import demo_password
from optins.models import AuditEntry, ConsentEvent, ImportBatch, Membership, Placement, ReviewItem, User
from tests.browsing import open_everything
from tests.clinic import THANDI
from tests.imports.files import record_all
from tests.staff import story
from tests.staff.journeys import Journey

pytestmark = [pytest.mark.walk, pytest.mark.timeout(400)]


def owner(at, page, clinic):
    at.look("home")
    at.section("Settings", "Staff")
    at.look("staff")
    at.follow("Add user")
    page.get_by_label("Username").fill("nomsa")
    page.locator("#id_password1").fill("A-long-way-in-82")
    page.locator("#id_password2").fill("A-long-way-in-82")
    page.get_by_label("Role").select_option("agent")
    at.press("Save")
    expect(page.locator("main")).to_contain_text("nomsa")
    assert Membership.objects.get(user__username="nomsa").role == "agent"
    at.section("Sending")
    at.follow("Riverside Clinic", exact=False)
    at.look("sender")
    at.section("People", "Imports")
    at.follow("Export")
    page.get_by_label("Why do you need it?").fill("The yearly report to the regulator.")
    at.look("export")
    page.get_by_label("Why do you need it?").fill("The yearly report to the regulator.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename.startswith("riverside-clinic-records-")
    at.section("Settings", "Audit")
    expect(page.locator("#result_list")).to_contain_text("The yearly report to the regulator.")


def manager(at, page, clinic):
    at.section("Channels")
    at.follow("Website")
    at.look("channel")
    at.follow("Add a source")
    page.get_by_label("Label").fill("Ward 3")
    at.press("Save")
    at.look("source")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".sheet h1")).to_contain_text("Riverside Clinic")
    at.look("print")
    page.goto(reverse("admin:index"))
    at.section("Wording", "Versions")
    at.follow("Opt-in wording", exact=False)
    at.look("draft")
    at.section("People", "Imports")
    at.follow("Upload a file")
    at.look("upload")
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": story.FILE}
    page.locator("#id_file").set_input_files(file)
    page.get_by_label("Where were they collected?").select_option(label="Website")
    page.get_by_label("How did they agree?").fill("Paper forms at the front desk.")
    at.press("Upload and preview")
    at.look("preview")
    at.press("Hand in for approval")
    expect(page.locator(".page-help").first).to_contain_text("Another person than you")
    assert Placement.objects.get(label="Ward 3").channel == clinic.web


def reviewer(at, page, clinic):
    at.section("Review")
    at.look("review")
    at.press("Not the same")
    at.press("It was a stop: stop everything")
    assert set(ReviewItem.objects.values_list("decision", flat=True)) == {"not_same", "stop"}
    assert clinic.gate()["reason"] == "withdrawn"
    at.section("People", "Imports")
    at.follow("people.csv")
    at.look("import")
    at.press("Approve and record")
    record_all()
    page.reload()
    at.look("imported")
    assert ImportBatch.objects.get().counts["refused"] == 1
    at.section("People", "Contacts")
    page.fill("#look-up", "082 000 2001")
    at.go(lambda: page.keyboard.press("Enter"))
    at.look("person")
    at.follow("Record a withdrawal")
    page.get_by_label("Everything: no messages at all").check()
    page.get_by_label("Where did they say it?").fill("At the front desk, this morning.")
    at.press("Continue")
    at.look("withdrawal", in_arabic=False)
    at.press("Record the withdrawal")
    expect(page.locator(".messagelist")).to_contain_text("The gate says no at once")
    assert ConsentEvent.objects.filter(door="admin", kind="withdrawn").count() == 2


def agent(at, page, clinic):
    expect(page.locator("h1")).to_have_text("Your account")
    at.look("account")
    assert page.get_by_role("navigation", name="Sections").get_by_role("link").all_inner_texts() == ["Home"]
    page.goto(reverse("admin:optins_contact_changelist"))
    expect(page.locator("h1")).to_have_text("Not yours to open")
    at.look("refused")


def auditor(at, page, clinic):
    at.section("People", "Consent events")
    at.look("ledger")
    at.follow("Withdrawn")
    at.look("act")
    expect(page.locator("main")).to_contain_text("Evidence")
    page.goto(reverse("admin:optins_contact_change", args=[story.person_of(THANDI).pk]))
    open_everything(page)
    at.look("person", in_arabic=False)
    expect(page.locator(".evidence").first).to_be_visible()
    assert page.locator('main :is([type="submit"], button, textarea, .deletelink)').count() == 0
    at.section("Settings", "Audit")
    expect(page.locator("#result_list")).to_contain_text("auditor")
    at.look("audit")
    seen = AuditEntry.objects.filter(action="viewed", user__username="auditor")
    assert set(seen.values_list("object_type", flat=True)) == {"consentevent", "contact"}


def viewer(at, page, clinic):
    at.section("People")
    at.look("people")
    number = f"+{THANDI[:2]} {THANDI[2:4]}"
    assert number not in page.locator("main").inner_text()
    page.fill("#look-up", "082 000 0101")
    at.go(lambda: page.keyboard.press("Enter"))
    at.look("person")
    expect(page.locator("main")).to_contain_text("There is evidence, which your role does not show.")
    expect(page.get_by_role("link", name="Record a withdrawal")).to_have_count(0)
    at.section("Sending")
    page.goto(reverse("admin:optins_apikey_changelist"))
    expect(page.locator("h1")).to_have_text("Not yours to open")


@pytest.mark.parametrize("role", [owner, manager, reviewer, agent, auditor, viewer])
def test_each_role_does_its_work_on_pages_for_everybody(browser, live_server, clinic, role):
    story.tell(clinic)
    at = Journey(browser, live_server.url, role.__name__)
    try:
        at.sign_in(demo_password(role.__name__))
        role(at, at.page, clinic)
        assert at.found == []
    finally:
        at.end()
    assert User.objects.get(username=role.__name__).last_login
