"""Whoever is erased goes from the files too, and nothing else about the files changes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from optins import erasing
from optins.imports import work
from optins.models import ConsentEvent, ImportBatch
from tests import threads
from tests.clinic import SIPHO, THANDI
from tests.imports.files import STOPPED, approved, csv_file, many
from tests.rights.conftest import STAFF, person
from tests.rights.searching import places_of

LOCAL = "082 000 0101"


def erase(contact):
    erasing.erase(contact, STAFF, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_recorded_in_the_moment_of_an_erasure_comes_to_its_end(live_clinic):
    clinic = live_clinic
    for place in range(5):
        digits = f"2782300{place:04}"
        clinic.write(clinic.choose("health-tips"), person=digits)
        batch = approved(clinic, csv_file(STOPPED | {"phone": f"+{digits}"}, *many(8)))
        found = threads.together(partial(work.record_for, batch, 60), partial(erase, person(digits)))
        assert found == [True, None]
        batch.refresh_from_db()
        assert (batch.state, batch.rows.filter(recorded_at=None).count()) == ("done", 0)
        assert places_of(digits) == set()


@pytest.mark.django_db(transaction=True)
def test_an_erasure_waits_for_whoever_decides_about_a_file_and_undoes_nothing(live_clinic):
    if connection.vendor == "sqlite":
        pytest.skip("There writers wait for one another anyway.")
    clinic = live_clinic
    clinic.write(clinic.choose("health-tips"))
    batch = approved(clinic, csv_file(STOPPED | {"phone": f"+{THANDI}"}, STOPPED | {"phone": f"+{SIPHO}"}))
    pool = ThreadPoolExecutor(1)
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(state="done", finished_at=timezone.now())
        waiting = pool.submit(threads.elsewhere, partial(erase, person()))
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.5)
    waiting.result(timeout=60)
    batch.refresh_from_db()
    assert (batch.state, batch.finished_at is None) == ("done", False)
    assert ConsentEvent.objects.filter(kind="erased").count() == 1
