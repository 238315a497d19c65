"""Staff manage staff: who may change whom, and what keeps an organisation from losing its owners."""

import pytest
from django.urls import reverse

from optins.models import AuditEntry, Membership, User
from tests.signing_in import signed_in

pytestmark = pytest.mark.once

NEW = {
    "username": "thabo",
    "first_name": "Thabo",
    "last_name": "",
    "email": "",
    "role": "viewer",
    "password1": "a long and unusual sentence",
    "password2": "a long and unusual sentence",
}


@pytest.fixture
def owner(clinic):
    return signed_in(User.objects.get(username="owner"))


def change(user):
    return reverse("admin:optins_user_change", args=[user.pk])


def test_a_new_colleague_belongs_to_the_organisation_at_once(owner, clinic):
    answer = owner.post(reverse("admin:optins_user_add"), NEW | {"organisation": clinic.organisation.pk})
    made = User.objects.get(username="thabo")
    assert answer["Location"] == change(made)
    assert made.roles == {clinic.organisation.pk: "viewer"}
    assert not made.is_superuser


def test_nobody_adds_a_colleague_elsewhere(owner, elsewhere):
    answer = owner.post(reverse("admin:optins_user_add"), NEW | {"organisation": elsewhere.pk})
    assert "Select a valid choice" in answer.content.decode()
    assert not User.objects.filter(username="thabo").exists()


def test_a_form_makes_nobody_a_superuser(owner, clinic):
    viewer = User.objects.get(username="viewer")
    fields = {"username": "viewer", "is_active": "on", "is_superuser": "on", "is_staff": "on"}
    assert owner.post(change(viewer), fields).status_code == 302
    assert not User.objects.get(username="viewer").is_superuser


def test_who_also_works_elsewhere_can_be_seen_and_not_changed(owner, clinic, elsewhere, member):
    both = member("owner", elsewhere, member("agent", clinic.organisation))
    page = owner.get(change(both))
    assert page.status_code == 200
    assert "Elsewhere" not in page.content.decode()
    assert owner.post(change(both), {"username": "mine", "is_active": "on"}).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[both.pk])
    assert owner.post(password, {"password1": "x", "password2": "x"}).status_code == 403


def test_no_owner_takes_over_a_superuser(owner, clinic):
    assert owner.post(change(clinic.demo.admin), {"username": "admin"}).status_code == 403


def test_nobody_switches_off_their_own_account(owner, clinic):
    own = User.objects.get(username="owner")
    owner.post(change(own), {"username": "owner"})
    assert User.objects.get(pk=own.pk).is_active


def test_a_list_of_staff_tells_nothing_of_other_organisations(owner, clinic, elsewhere, member):
    member("owner", elsewhere, member("agent", clinic.organisation))
    member("viewer", elsewhere)
    page = owner.get(reverse("admin:optins_user_changelist")).content.decode()
    assert "agent-of-riverside-clinic" in page
    assert "Elsewhere" not in page
    assert "viewer-of-elsewhere" not in page


def test_a_membership_offers_only_colleagues(owner, elsewhere, member):
    member("viewer", elsewhere)
    page = owner.get(reverse("admin:optins_membership_add")).content.decode()
    assert "reviewer" in page
    assert "viewer-of-elsewhere" not in page


def test_a_membership_is_removed_and_the_audit_keeps_it(owner, clinic):
    gone = Membership.objects.get(user__username="agent")
    owner.post(reverse("admin:optins_membership_delete", args=[gone.pk]), {"post": "yes"})
    assert not Membership.objects.filter(pk=gone.pk).exists()
    entry = AuditEntry.objects.filter(object_type="membership").get()
    assert (entry.object_id, entry.detail) == (str(gone.pk), {"removed": "membership"})


def test_the_last_owner_stays(owner, clinic):
    Membership.objects.get(user=clinic.demo.admin).delete()
    last = Membership.objects.get(user__username="owner")
    page = reverse("admin:optins_membership_change", args=[last.pk])
    assert "name another owner first" in owner.post(page, {"role": "viewer"}).content.decode()
    assert owner.post(reverse("admin:optins_membership_delete", args=[last.pk])).status_code == 403
    assert Membership.objects.get(pk=last.pk).role == "owner"


def test_a_lists_filter_offers_only_what_one_may_see(elsewhere, member, clinic):
    stranger = signed_in(member("viewer", elsewhere))
    page = stranger.get(reverse("admin:optins_consentrequest_changelist"))
    choices = [
        choice["display"]
        for spec in page.context["cl"].filter_specs
        for choice in spec.choices(page.context["cl"])
    ]
    assert choices
    assert "WhatsApp" not in choices


def test_a_list_is_filtered_by_nothing_that_it_does_not_offer(clinic):
    viewer = signed_in(User.objects.get(username="viewer"))
    page = reverse("admin:optins_outboundmessage_changelist")
    assert viewer.get(page, {"state__exact": "sent"}).status_code == 200
    assert viewer.get(page, {"address__startswith": "2782"}).status_code == 400
    assert viewer.get(page, {"sender__token__startswith": "s"}).status_code == 400
