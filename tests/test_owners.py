"""Two organisations see nothing of each other, in any table."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from optins.models import Authenticator, Membership, Organisation, User
from optins.models.base import Owned, OwnedQuerySet
from tests.rows import Rows

OURS = sorted(apps.get_app_config("optins").get_models(), key=lambda model: model.__name__)
OWNED = [model for model in OURS if model not in (Authenticator, User, Organisation)]


@pytest.fixture
def organisations(db):
    return [Organisation.objects.create(slug=slug, name=slug, country="ZA") for slug in ("one", "two")]


@pytest.fixture
def staff(organisations):
    """A member of each organisation."""
    users = [User.objects.create(username=organisation.slug) for organisation in organisations]
    for user, organisation in zip(users, organisations, strict=True):
        Membership.objects.create(user=user, organisation=organisation, role="owner")
    return users


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_every_table_says_whose_its_rows_are(model):
    assert issubclass(model, Owned)
    assert issubclass(type(model._default_manager.all()), OwnedQuerySet)
    found = model
    for step in model.organisation_path.split("__"):
        field = found._meta.get_field(step)
        # By a path that can be empty a row would belong to nobody.
        assert not field.null
        found = field.related_model
    assert found is Organisation


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_each_sees_its_own_row_and_not_the_others(organisations, staff, model):
    rows = [Rows(organisation).of(model) for organisation in organisations]
    for user, row, others in zip(staff, rows, reversed(rows), strict=True):
        seen = model._default_manager.visible_to(user)
        assert row in seen
        assert others not in seen
        assert len(seen) == len(set(seen))


def test_each_sees_its_own_organisation_alone(organisations, staff):
    for user, organisation in zip(staff, organisations, strict=True):
        assert list(Organisation.objects.visible_to(user)) == [organisation]


@pytest.mark.parametrize("model", [*OWNED, Organisation], ids=lambda model: model.__name__)
def test_without_a_membership_or_an_account_in_force_nothing_is_seen(organisations, staff, model):
    Rows(organisations[0]).of(model)
    superuser = User.objects.create_superuser("root")
    gone = staff[0]
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone = User.objects.get(pk=gone.pk)
    for user in (superuser, gone, AnonymousUser(), None):
        assert not model._default_manager.visible_to(user).exists()


def test_nothing_of_a_closed_organisation_is_seen(organisations, staff):
    row = Rows(organisations[0]).of(Membership)
    Organisation.objects.filter(pk=organisations[0].pk).update(closed_at=timezone.now())
    assert not Organisation.objects.visible_to(staff[0]).exists()
    assert row not in Membership.objects.visible_to(staff[0])
