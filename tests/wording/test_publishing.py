"""From draft to published: by another person, checked at the very moment, and never changed after."""

import ast
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from optins import audit
from optins.consent import publishing, wording
from optins.consent.publishing import NotNow, Refused
from optins.models import Membership, NoticeVersion, Purpose, User
from tests import sources
from tests.clinic import THANDI


@pytest.fixture
def manager(clinic):
    return User.objects.get(username="manager")


@pytest.fixture
def reviewer(clinic):
    return User.objects.get(username="reviewer")


@pytest.fixture
def draft(clinic, manager):
    return publishing.new_draft(clinic.web.notice, manager)


def change(version, language="en", **values):
    row = version.translations.get(language=language)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def alone(clinic, user):
    """Everybody else has left."""
    Membership.objects.filter(organisation=clinic.organisation).exclude(user=user).delete()


def publish(version, approver, now=None):
    return publishing.publish(version, approver, now or timezone.now())


def test_a_new_draft_begins_with_what_is_published_and_is_the_only_one(clinic, draft, manager):
    assert (draft.number, draft.status, draft.author) == (2, "draft", manager)
    before = {row.language: row.content_hash for row in wording.published(clinic.web.notice)}
    assert {row.language: row.content_hash for row in draft.translations.all()} == before
    with pytest.raises(NotNow, match="Version 2"):
        publishing.new_draft(clinic.web.notice, manager)


def test_another_person_publishes_it_and_the_one_before_retires(clinic, draft, manager, reviewer):
    change(draft, body="Riverside Clinic would like to write to you on WhatsApp. It is free to say no.")
    submitted = publishing.submit(draft, manager, timezone.now())
    published = publish(submitted, reviewer)
    assert (published.status, published.approver, published.approved_alone) == ("published", reviewer, False)
    assert wording.translation(clinic.web.notice, "en").version == published
    assert NoticeVersion.objects.get(number=1).status == "retired"
    assert set(published.checked["packs"]) == {"META", "ZA"}
    assert clinic.client.get("/c/riverside-tap/?lang=en").content.count(b"would like to write to you") == 1


def test_whoever_wrote_any_of_it_does_not_approve_it(clinic, draft, manager, reviewer):
    submitted = publishing.submit(draft, manager, timezone.now())
    audit.note(reviewer, clinic.organisation, "changed", draft, detail={"fields": ["body"]})
    for writer in (manager, reviewer):
        with pytest.raises(NotNow, match="Another person"):
            publish(submitted, writer)
    assert publish(submitted, User.objects.get(username="owner")).status == "published"


def test_the_database_refuses_an_author_who_approves(draft, manager):
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeVersion.objects.filter(pk=draft.pk).update(approver=manager)


def test_who_works_alone_approves_as_owner_after_a_day_and_it_is_on_record(clinic, draft):
    owner, now = User.objects.get(username="owner"), timezone.now()
    submitted = publishing.submit(draft, owner, now)
    with pytest.raises(NotNow, match="Another person"):
        publish(submitted, owner, now + timedelta(days=2))
    alone(clinic, owner)
    with pytest.raises(NotNow, match="24 hours"):
        publish(submitted, owner, now + timedelta(hours=23, minutes=59))
    assert publish(submitted, owner, now + timedelta(hours=24)).approved_alone


def test_who_works_alone_and_is_no_owner_does_not(clinic, draft, manager):
    now = timezone.now()
    submitted = publishing.submit(draft, manager, now)
    alone(clinic, manager)
    with pytest.raises(NotNow, match="owner"):
        publish(submitted, manager, now + timedelta(days=2))


def test_what_the_check_refuses_is_neither_handed_in_nor_published(clinic, draft, manager, reviewer):
    good = draft.translations.get(language="sw").body
    change(draft, "sw", body="Tungependa kukutumia ujumbe.", stop="Tupigie simu.")
    with pytest.raises(Refused) as refused:
        publishing.submit(draft, manager, timezone.now())
    assert {one.element for one in refused.value.findings["sw"] if one.refuses} == {"how_to_stop"}
    change(draft, "sw", body=good, stop="Ili kusitisha, tutumie STOP kwenye WhatsApp.")
    submitted = publishing.submit(draft, manager, timezone.now())
    # What was right yesterday is wrong once there is a purpose more: the check decides at the very moment.
    more = Purpose.objects.create(
        organisation=clinic.organisation, key="news", titles={"en": "news"}, category="marketing"
    )
    clinic.web.purposes.add(more)
    with pytest.raises(Refused):
        publish(submitted, reviewer)
    assert NoticeVersion.objects.get(pk=draft.pk).status == "in_review"


def test_without_any_wording_nothing_is_handed_in(clinic, draft, manager):
    draft.translations.all().delete()
    with pytest.raises(NotNow, match="no wording"):
        publishing.submit(draft, manager, timezone.now())


def test_it_is_sent_back_with_a_reason_and_comes_again(draft, manager, reviewer):
    submitted = publishing.submit(draft, manager, timezone.now())
    returned = publishing.send_back(submitted, "The Zulu reads badly.")
    assert (returned.status, returned.returned_because) == ("draft", "The Zulu reads badly.")
    with pytest.raises(NotNow, match="draft"):
        publish(returned, reviewer)
    again = publishing.submit(returned, manager, timezone.now())
    assert again.returned_because == ""
    assert publish(again, reviewer).status == "published"


def test_a_major_change_asks_for_renewal_and_a_minor_one_does_not(clinic, manager, reviewer):
    clinic.write(clinic.choose("appointment-reminders", number=f"+{THANDI}"))
    assert clinic.gate()["decision"] == "allow"
    for kind, reason in (("minor", "consent"), ("major", "notice_changed")):
        draft = publishing.new_draft(clinic.web.notice, manager)
        NoticeVersion.objects.filter(pk=draft.pk).update(change=kind)
        publish(publishing.submit(draft, manager, timezone.now()), reviewer)
        assert clinic.gate()["reason"] == reason


def test_retired_wording_closes_its_pages_and_nothing_published_changes(clinic, draft, manager, reviewer):
    published = publish(publishing.submit(draft, manager, timezone.now()), reviewer)
    for changes in ({"checked": {}}, {"approved_alone": True}, {"number": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            NoticeVersion.objects.filter(pk=published.pk).update(**changes)
    publishing.retire(published, timezone.now())
    assert clinic.client.get("/c/riverside-tap/").status_code == 404
    with pytest.raises(NotNow, match="retired"):
        publishing.retire(published, timezone.now())


def test_two_who_publish_at_once_publish_one_after_the_other(clinic, draft, manager, reviewer):
    submitted = publishing.submit(draft, manager, timezone.now())
    publish(submitted, reviewer)
    with pytest.raises(NotNow, match="published by now"):
        publish(submitted, User.objects.get(username="owner"))


@pytest.mark.once
def test_no_other_code_publishes():
    assert {name for name, tree in sources.modules().items() if sets_published_at(tree)} == {
        "optins.consent.publishing"
    }


def sets_published_at(tree):
    for node in ast.walk(tree):
        stored = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        if (stored and node.attr == "published_at") or (
            isinstance(node, ast.keyword) and node.arg == "published_at"
        ):
            return True
    return False
