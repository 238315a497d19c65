"""What a role allows, organisation by organisation."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.urls import reverse
from django.utils import timezone

from optins import roles
from optins.models import CaptureChannel, Membership, Notice, Organisation, Purpose, User
from tests.signing_in import signed_in
from tests.staff.conftest import ROLES

pytestmark = pytest.mark.once

# By role: who may do what no model's own permissions say.
HOLDERS = {
    "see_numbers": "owner manager reviewer auditor",
    "see_evidence": "owner reviewer auditor",
    "export": "owner auditor",
    "import": "owner manager",
    "approve": "owner reviewer",
    "record_withdrawal": "owner manager reviewer",
    "capture": "owner agent",
    "use_admin": "owner manager reviewer auditor viewer",
}


@pytest.fixture
def two_hats(clinic, elsewhere, member):
    """A viewer at the clinic who owns the other organisation."""
    return member("owner", elsewhere, member("viewer", clinic.organisation))


@pytest.mark.parametrize("permission", HOLDERS)
def test_each_special_permission_belongs_to_these_roles(clinic, permission):
    holders = [
        role for role in ROLES if roles.may(User.objects.get(username=role), permission, clinic.organisation)
    ]
    assert sorted(holders) == sorted(HOLDERS[permission].split())


def test_the_table_names_only_permissions_that_exist(db):
    known = set(
        Permission.objects.filter(content_type__app_label="optins").values_list("codename", flat=True)
    )
    named = frozenset().union(*roles.PERMISSIONS.values(), roles.SUPERUSER)
    assert named <= known
    assert set(roles.PERMISSIONS) == set(Membership.Role)


def test_a_viewer_here_and_owner_there_may_change_only_there(clinic, elsewhere, two_hats):
    assert not roles.may(two_hats, "change_purpose", clinic.organisation)
    assert roles.may(two_hats, "change_purpose", elsewhere)
    assert two_hats.has_perm("optins.change_purpose")
    assert not two_hats.has_perm("optins.change_purpose", clinic.purposes["health-tips"])
    assert roles.reach(two_hats, "change_purpose") == {elsewhere.pk}
    assert roles.reach(two_hats, "view_purpose") == {elsewhere.pk, clinic.organisation.pk}


def test_such_a_user_opens_both_rows_and_saves_one(clinic, elsewhere, two_hats):
    theirs = Purpose.objects.create(
        organisation=elsewhere, key="news", titles={"en": "news"}, category="utility"
    )
    client, values = signed_in(two_hats), {"titles": '{"en": "new"}', "discreet_titles": "{}", "position": 0}
    for purpose, status in ((clinic.purposes["health-tips"], 403), (theirs, 302)):
        page = reverse("admin:optins_purpose_change", args=[purpose.pk])
        assert client.get(page).status_code == 200
        assert client.post(page, values | {"category": "utility"}).status_code == status
    assert {str(p) for p in Purpose.objects.filter(titles={"en": "new"})} == {"new"}


def test_such_a_user_is_offered_only_the_rows_of_the_organisation_they_own(clinic, two_hats):
    page = signed_in(two_hats).get(reverse("admin:optins_purpose_add")).content.decode()
    assert "Elsewhere" in page
    assert "Riverside" not in page


def test_nothing_ties_two_organisations_together(clinic, elsewhere, member):
    both = member("manager", elsewhere, member("manager", clinic.organisation))
    page = reverse("admin:optins_capturechannel_change", args=[clinic.tap.pk])
    client = signed_in(both)
    form = client.get(page).context["adminform"].form
    fields = {name: value for name, value in form.initial.items() if value is not None}
    notice = Notice.objects.create(organisation=elsewhere, name="Theirs")
    placements = {"placements-TOTAL_FORMS": 0, "placements-INITIAL_FORMS": 0}
    fields |= placements | {"notice": notice.pk, "join_words": "", "purposes": [1]}
    answer = client.post(page, fields)
    assert answer.status_code == 200
    assert "This belongs to another organisation." in answer.content.decode()
    assert CaptureChannel.objects.get(pk=clinic.tap.pk).notice != notice


def test_being_a_superuser_opens_no_organisation(clinic):
    founder = User.objects.create_superuser("founder")
    assert founder.is_staff
    assert not founder.has_perm("optins.view_contact")
    assert not roles.may(founder, "see_numbers", clinic.organisation)
    client = signed_in(founder)
    assert "Riverside" not in client.get(reverse("admin:optins_organisation_changelist")).content.decode()
    assert client.get(reverse("admin:optins_contact_changelist")).status_code == 403
    assert client.get(reverse("admin:optins_organisation_add")).status_code == 200


def test_only_a_superuser_founds_an_organisation(clinic):
    owner = signed_in(User.objects.get(username="owner"))
    assert owner.get(reverse("admin:optins_organisation_add")).status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_a_closed_organisation_gives_no_role(clinic, role):
    Organisation.objects.update(closed_at=timezone.now())
    user = User.objects.get(username=role)
    assert user.roles == {}
    assert not user.is_staff


def test_without_membership_or_activity_nobody_is_staff(clinic):
    assert not User.objects.create_user("nobody").is_staff
    User.objects.filter(username="owner").update(is_active=False)
    former = User.objects.get(username="owner")
    assert not former.is_staff
    assert not roles.may(former, "see_numbers", clinic.organisation)
    assert not roles.may_somewhere(AnonymousUser(), "use_admin")


def test_an_agent_finds_their_own_account_and_nothing_else(clinic):
    agent = signed_in(User.objects.get(username="agent"))
    start = agent.get(reverse("admin:index"))
    assert start["Location"] == reverse("admin:account")
    page = agent.get(start["Location"]).content.decode()
    assert "Agent: captures only" in page
    assert "/admin/optins/" not in page
