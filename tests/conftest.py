"""Fixtures: the demo's clinic in the test database, a phone that writes to it, and the API's client."""

import pickle

import pytest
import uuid6
from django.db import connection
from django.test import override_settings

from channels_capture import seed
from optins.models import Membership, Organisation, guards
from tests import strangers
from tests.browsing import browser as browser
from tests.browsing import visit as visit
from tests.clinic import Clinic
from tests.signing_in import signed_in

SECRETS = (
    "admin-password",
    "api-key",
    "hook-riverside-whatsapp",
    "hooks",
    "sandbox-sender-token",
    "sandbox-harness-token",
    *(f"{role}-password" for role in Membership.Role),
)


def pytest_collection_modifyitems(items):
    """Those that wait for browsers and programs come first: beside them others use the time."""
    items.sort(key=lambda item: item.get_closest_marker("walk") is None)


@pytest.fixture(autouse=True)
def _ledger_may_be_flushed(request):
    """After a test with real transactions Django empties the tables; the guards are lifted for that alone.

    The flush ends with ``post_migrate``, which puts them back.
    """
    marker = request.node.get_closest_marker("django_db")
    transactional = bool(marker and marker.kwargs.get("transaction"))
    if not transactional and not {"transactional_db", "live_server"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    guards.lift(connection)


@pytest.fixture(autouse=True)
def _ids_follow_the_clock(monkeypatch):
    """uuid7 never goes back: after a test in the future the ids of the next ones would come from there."""
    monkeypatch.setattr(uuid6, "_last_v7_timestamp", None)


DEMO = {
    "DEMO_SECRETS": {name: f"{name}-for-tests-only" for name in SECRETS},
    "SANDBOX_URL": "http://127.0.0.1:1",
}


seeded: list[bytes] = []  # what seeding gave, to be had anew by each test


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The clinic stands in each new test database: no test of a transaction has to make it."""
    with django_db_blocker.unblock(), override_settings(**DEMO):
        seeded.append(pickle.dumps(seed.seed()))


@pytest.fixture
def demo_secrets(settings):
    for name, value in DEMO.items():
        setattr(settings, name, value)


@pytest.fixture
def standing_clinic(django_db_setup, django_db_blocker, demo_secrets):
    """The clinic stands before the test's own transaction begins, and after it as before.

    A test with real transactions leaves the tables empty behind: once for all that follow it is seeded anew.
    """
    with django_db_blocker.unblock():
        if not connection.in_atomic_block and _standing() is None:
            seeded.append(pickle.dumps(seed.seed()))


@pytest.fixture
def clinic(standing_clinic, db, demo_secrets):
    """Riverside Clinic as the demo seeds it, and short ways to do what its people do."""
    return Clinic(_standing() or seed.seed())


def _standing():
    """What seeding gave, if it is still there."""
    demo = pickle.loads(seeded[-1]) if seeded else None  # noqa: S301  made above
    return demo if demo and Organisation.objects.filter(pk=demo.organisation.pk).exists() else None


@pytest.fixture
def live_clinic(transactional_db, demo_secrets):
    """The same with real transactions, for tests with several connections."""
    return Clinic(seed.seed())


@pytest.fixture
def staff(clinic):
    """Signs in the clinic's member of staff with that role."""
    return signed_in


@pytest.fixture
def owner(staff):
    return staff("owner")


@pytest.fixture
def stranger(db):
    """Another organisation."""
    return strangers.make()
