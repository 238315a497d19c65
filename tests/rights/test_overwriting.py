"""On SQLite nothing of whoever was erased is left in the database's own files either."""

from contextlib import closing

import pytest
from django.db import connection
from django.utils import timezone

from optins import tasks
from optins.consent import overwriting
from tests import databases
from tests.clinic import THANDI
from tests.rights.conftest import erase, person
from tests.rights.searching import database_files

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL overwrites when it vacuums."),
]


@pytest.fixture
def thandi(live_clinic):
    live_clinic.write(live_clinic.choose("health-tips", number="082 000 0101"))
    return person()


def in_files():
    return any(THANDI.encode() in content for _name, content in database_files())


def test_the_number_is_overwritten_though_other_connections_are_open(thandi):
    with closing(databases.another()) as other:
        other.execute("SELECT count(*) FROM optins_contact").fetchone()
        assert in_files()
        erase(thandi)
        assert not in_files()


def test_whoever_reads_meanwhile_holds_nobody_up_and_the_hourly_job_does_it_then(thandi):
    with closing(databases.another()) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM optins_contact").fetchone()
        begun = timezone.now()
        erase(thandi)
        assert (timezone.now() - begun).total_seconds() < 10
        assert in_files()
        assert not overwriting.overwrite()
        other.execute("ROLLBACK")
        tasks.remove_outdated()
        assert not in_files()
