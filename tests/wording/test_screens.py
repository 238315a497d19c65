"""Staff write, check, hand in, approve and send back: what each sees, and what is on record after."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory
from django.urls import reverse
from django.utils import timezone

from optins.admin.organisations import OrganisationForm
from optins.consent import publishing, wording_facts
from optins.models import AuditEntry, ConsentRequest, Membership, NoticeVersion, Organisation, User
from tests.people.conftest import text_of

pytestmark = pytest.mark.once

NEW_BODY = "Riverside Clinic would like to write to you on WhatsApp. It is free to say no, whatever it is."


def user(name):
    return User.objects.get(username=name)


@pytest.fixture
def draft(clinic):
    return publishing.new_draft(clinic.web.notice, user("manager"))


def address(version, name="change", query=""):
    return reverse(f"admin:optins_noticeversion_{name}", args=[version.pk]) + query


def written(version, language, **changes):
    """The form of one language as it stands, with changes."""
    row = version.translations.get(language=language)
    values = {name: getattr(row, name) for name in wording_facts.FIELDS if name != "purposes"}
    return values | {f"purpose-{key}": line for key, line in row.purposes.items()} | changes


def test_a_wording_goes_from_a_new_version_to_the_page_through_two_people(clinic, staff):
    manager, reviewer = staff("manager"), staff("reviewer")
    answer = manager.post(
        reverse("admin:optins_noticeversion_add"), {"notice": clinic.web.notice_id}, follow=True
    )
    draft = NoticeVersion.objects.get(status="draft")
    assert "Hand it in" in text_of(answer)
    answer = manager.post(
        address(draft, "edit", "?lang=en"), written(draft, "en", body=NEW_BODY, read_by_native_speaker="on")
    )
    assert answer.status_code == 302
    answer = manager.post(address(draft, "submit"), {"change": "minor"}, follow=True)
    assert "You wrote some of it, so another person approves it" in text_of(answer)
    assert manager.post(address(draft, "approve")).status_code == 403
    assert "1 wording to approve" in text_of(reviewer.get(reverse("admin:index")))
    page = text_of(reviewer.get(address(draft)))
    assert "Approve and publish" in page
    assert NEW_BODY not in clinic.client.get("/c/riverside-tap/?lang=en").content.decode()
    reviewer.post(address(draft, "approve"))
    assert NEW_BODY in clinic.client.get("/c/riverside-tap/?lang=en").content.decode()
    assert "approved by reviewer" in text_of(reviewer.get(address(draft)))
    seen = [
        (e.user.username, e.action, e.detail)
        for e in AuditEntry.objects.filter(object_type="noticeversion").order_by("pk")
    ]
    assert [(name, action) for name, action, _ in seen] == [
        ("manager", "changed"), ("manager", "changed"), ("manager", "changed"), ("reviewer", "approved"),
    ]  # fmt: skip
    assert seen[1][2] == {"fields": ["en: body", "en: read_by_native_speaker"]}
    assert "Compared with version 1" in text_of(reviewer.get(address(draft, "diff")))


def test_without_scripts_a_button_checks_and_saves_nothing(draft, staff):
    typed = written(
        draft, "sw", stop="Tupigie simu.", body="Ujumbe kutoka Riverside Clinic kwenye What's App."
    )
    answer = staff("manager").post(address(draft, "edit", "?lang=sw"), typed | {"check": "1"})
    page = text_of(answer)
    assert "The line on how to stop has no word that the chat understands as a stop." in page
    assert "It also says “what&#x27;s app”" in answer.content.decode()
    assert 'data-line="' not in answer.content.decode()  # a line on how to stop is no small print
    assert "Tupigie simu." in page
    assert draft.translations.get(language="sw").stop != "Tupigie simu."


def test_the_live_check_answers_with_a_part_of_a_page_and_says_why(draft, staff):
    typed = written(draft, "en", details="")
    answer = staff("manager").post(address(draft, "check", "?lang=en"), typed)
    content = answer.content.decode()
    assert "<html" not in content
    assert "to mend" in content
    assert "It does not give the organisation&#x27;s address." in content
    assert 'data-line="We are Riverside' in content
    assert "ZA: CPA Regs 2026; Form 4 (secondary source)" in text_of(answer)
    assert "We are Riverside Community Clinic NPC, 12 River Street" in content
    assert draft.translations.get(language="en").details != ""


def test_a_draft_may_be_saved_unfinished_and_is_not_taken_as_finished(draft, staff):
    manager = staff("manager")
    manager.post(address(draft, "edit", "?lang=en"), {"title": "Hello"})
    row = draft.translations.get(language="en")
    assert (row.title, row.body, row.purposes) == ("Hello", "", {})
    answer = manager.post(address(draft, "submit"), {"change": "major"}, follow=True)
    assert "The check refuses it" in text_of(answer)
    assert NoticeVersion.objects.get(pk=draft.pk).status == "draft"


def test_a_new_language_begins_with_its_starter_or_an_empty_page_in_its_own_direction(draft, staff):
    manager = staff("manager")
    draft.translations.filter(language="ar").delete()
    page = manager.get(address(draft, "edit", "?lang=ar")).content.decode()
    assert "This is a starter wording" in page
    assert re.search(r'<textarea name="body"[^>]*lang="ar"[^>]*dir="rtl"', page)
    assert not draft.translations.filter(language="ar").exists()
    page = manager.get(address(draft, "edit", "?lang=ur")).content.decode()
    assert re.search(r'<textarea name="body"[^>]*lang="ur"[^>]*dir="rtl"', page)
    assert "The check does not know “ur”" in page
    assert manager.get(address(draft, "edit", "?lang=<b>")).status_code == 404


def test_a_language_is_removed_and_it_is_on_record(draft, staff):
    staff("manager").post(address(draft, "remove"), {"lang": "de"})
    assert not draft.translations.filter(language="de").exists()
    assert AuditEntry.objects.get(object_type="noticeversion").detail == {"fields": ["de: removed"]}


def test_who_approves_says_that_they_read_the_warnings_and_these_very_ones(draft, staff):
    row = draft.translations.get(language="en")
    row.stop = "You can stop by our office."
    row.save()
    staff("manager").post(address(draft, "submit"), {"change": "minor"})
    reviewer = staff("reviewer")
    page = reviewer.get(address(draft)).content.decode()
    (seen,) = re.findall(r'name="seen" value="(\w+)"', page)
    for posted in ({}, {"seen": "0" * 16}):
        answer = reviewer.post(address(draft, "approve"), posted)
        assert "read it, and tick that you did" in text_of(answer)
    reviewer.post(address(draft, "approve"), {"seen": seen})
    published = NoticeVersion.objects.get(pk=draft.pk)
    assert published.status == "published"
    assert published.checked["warnings"] == {"en": ["how_to_stop"]}


def test_a_reviewer_sends_it_back_with_a_reason_that_its_author_reads(draft, staff):
    manager, reviewer = staff("manager"), staff("reviewer")
    manager.post(address(draft, "submit"), {"change": "major"})
    assert "This field is required" in text_of(reviewer.post(address(draft, "back"), {"reason": ""}))
    reviewer.post(address(draft, "back"), {"reason": "Name the clinic first."})
    assert "Sent back: Name the clinic first." in text_of(manager.get(address(draft)))
    entry = AuditEntry.objects.get(action="rejected")
    assert (entry.user, entry.reason) == (user("reviewer"), "Name the clinic first.")
    manager.post(address(draft, "submit"), {"change": "major"})
    manager.post(address(draft, "back"))
    version = NoticeVersion.objects.get(pk=draft.pk)
    assert (version.status, version.change, version.returned_because) == ("draft", "major", "")


def test_what_is_handed_in_is_not_written_any_more(draft, staff):
    manager = staff("manager")
    manager.post(address(draft, "submit"), {"change": "minor"})
    for name in ("edit", "check", "remove", "upload"):
        assert manager.post(address(draft, name), {"lang": "en"}).status_code == 403


def test_a_preview_shows_the_draft_and_collects_nothing(clinic, draft, staff):
    row = draft.translations.get(language="ar")
    row.title = "عنوان جديد"
    row.save()
    viewer = staff("viewer")
    chat = viewer.get(address(draft, "preview", "?lang=ar")).content.decode()
    assert 'class="chat" lang="ar" dir="rtl"' in chat
    assert "No native speaker has read this wording yet, nor the words around it" in chat
    assert re.search(r"by SMS: \d+ messages in UCS-2", chat)
    page = reverse("admin:optins_capturechannel_preview", args=[clinic.web.pk])
    assert page in chat
    answer = viewer.get(f"{page}?version={draft.pk}&lang=ar")
    shown = answer.content.decode()
    assert '<html lang="ar" dir="rtl">' in shown
    assert "عنوان جديد" in shown
    assert "fieldset" in shown
    assert "disabled" in shown
    assert 'name="token" value=""' in shown
    clinic.client.post("/c/riverside-web/", {"purposes": ["health-tips"], "phone": "0820000101", "token": ""})
    assert ConsentRequest.objects.count() == 0


def test_nobody_elses_wording_is_shown_on_a_preview(clinic, draft, staff, stranger):
    page = reverse("admin:optins_capturechannel_preview", args=[clinic.web.pk])
    assert staff("owner").get(f"{page}?version={draft.pk + 999}").status_code == 404


def test_a_translation_goes_out_and_comes_back(draft, staff):
    manager = staff("manager")
    content = manager.get(address(draft, "file", "?lang=zu&source=en"))
    assert content["Content-Disposition"] == 'attachment; filename="opt-in-wording-version-2-zu.po"'
    zulu = draft.translations.get(language="zu")
    wanted = zulu.content_hash
    zulu.delete()
    back = SimpleUploadedFile("back.po", content.content)
    manager.post(address(draft, "upload"), {"lang": "zu", "source": "en", "file": back})
    again = draft.translations.get(language="zu")
    assert (again.content_hash, again.read_by_native_speaker) == (wanted, False)
    wrong = SimpleUploadedFile("back.po", b"nothing")
    answer = manager.post(
        address(draft, "upload"), {"lang": "zu", "source": "en", "file": wrong}, follow=True
    )
    assert "no PO file" in text_of(answer)


def test_retiring_is_for_those_who_approve_and_closes_the_pages(clinic, staff):
    published = NoticeVersion.objects.get(status="published")
    assert staff("manager").post(address(published, "retire")).status_code == 403
    assert staff("owner").post(address(published, "retire")).status_code == 302
    assert clinic.client.get("/c/riverside-tap/").status_code == 404


def test_the_lists_and_the_page_need_few_queries(draft, staff, django_assert_max_num_queries):
    owner = staff("owner")
    with django_assert_max_num_queries(45):
        owner.get(address(draft))
    with django_assert_max_num_queries(20):
        page = owner.get(reverse("admin:optins_notice_changelist"))
    assert "Version 1" in text_of(page)


def test_the_name_in_other_languages_is_a_list_of_forms_for_each(clinic):
    form = modelform_factory(Organisation, form=OrganisationForm, fields=["names"])
    for names, is_good in (
        ('{"ar": ["عيادة ريفرسايد"]}', True),
        ("{}", True),
        ("", True),
        ('{"ar": "عيادة"}', False),
        ('["عيادة"]', False),
        ('{"ar": [""]}', False),
    ):
        assert form({"names": names}, instance=clinic.organisation).is_valid() == is_good, names


def test_who_works_alone_is_told_to_sleep_on_it_and_then_may_approve(clinic, draft, staff):
    owner = staff("owner")
    owner.post(address(draft, "submit"), {"change": "minor"})
    NoticeVersion.objects.filter(pk=draft.pk).update(author=user("owner"))
    assert "another person approves it" in text_of(owner.get(address(draft)))
    Membership.objects.exclude(user=user("owner")).delete()
    assert "Nobody else works here" in text_of(owner.get(address(draft)))
    assert "24 hours after you handed it in" in text_of(owner.post(address(draft, "approve"), follow=True))
    NoticeVersion.objects.filter(pk=draft.pk).update(submitted_at=timezone.now() - publishing.ALONE)
    owner.post(address(draft, "approve"))
    assert "who works alone and wrote it" in text_of(owner.get(address(draft)))
    assert AuditEntry.objects.get(action="approved").detail["alone"] is True


def test_a_notice_is_checked_against_the_law_of_each_country_that_it_is_for(clinic, staff, draft):
    owner, notice = staff("owner"), clinic.web.notice
    assert "For people in South Africa:" in text_of(owner.get(address(draft)))
    before = wording_facts.findings_of(draft)["en"]
    page = reverse("admin:optins_notice_change", args=[notice.pk])
    values = {"organisation": clinic.organisation.pk, "name": notice.name}
    wrong = owner.post(page, values | {"countries": "KE, ZZ"})
    assert "No country has the code ZZ." in text_of(wrong)
    assert owner.post(page, values | {"countries": "de; ke"}).status_code == 302
    draft.notice.refresh_from_db()
    assert draft.notice.countries == ["DE", "KE"]
    after = wording_facts.findings_of(draft)["en"]
    asked = {one.pack for found in after for one in found.why}
    assert {found.element for found in before} <= {found.element for found in after}
    assert {"DE", "KE"} & asked
    for screen in (address(draft), address(draft, "edit", "?lang=en")):
        shown = text_of(owner.get(screen))
        assert "For people in South Africa, Germany, Kenya:" in shown
        assert re.search(r"\bKE\b", shown)
    assert "It was published before the notice was for people in Germany, Kenya" in text_of(
        owner.get(address(notice.published()))
    )
    notice.countries = ["MX"]
    notice.save()
    assert "There is no pack of Mexico" in text_of(owner.get(address(draft)))
    assert "South Africa, Mexico" in text_of(owner.get(reverse("admin:optins_notice_changelist")))
