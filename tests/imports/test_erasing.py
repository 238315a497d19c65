"""Whoever is erased goes from the files too, and nothing else about the files changes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from optins import erasing
from optins.imports import work
from optins.imports.errors import FileError
from optins.imports.tasks import FILES_KEPT, forget_files
from optins.models import ConsentEvent, ImportBatch, ImportRow
from tests import threads
from tests.clinic import SIPHO, THANDI
from tests.imports.files import STOPPED, approved, csv_file, many, uploaded
from tests.rights.conftest import STAFF, person
from tests.rights.searching import places_of

LOCAL = "082 000 0101"


def erase(contact):
    erasing.erase(contact, STAFF, now=timezone.now())


FIRST_LINES = ["27820000101,Thandi Mokoena", "Phone 082 000 0101,status", "٠٨٢٠٠٠٠١٠١,no"]


@pytest.mark.parametrize("first", FIRST_LINES)
def test_a_file_whose_first_line_is_somebodys_number_is_refused_as_it_is_uploaded(clinic, first):
    with pytest.raises(FileError, match="line with headings"):
        uploaded(clinic, f"{first}\n0820000404,withdrawn\n".encode())
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("state", ["draft", "waiting", "approved", "done", "rejected"])
def test_what_columns_were_said_to_be_goes_with_the_person_in_it(clinic, state):
    clinic.write(clinic.choose("health-tips"))
    batch = approved(clinic, csv_file(STOPPED | {"phone": f"+{SIPHO}"}))
    mapping = {"phone": "27820000101", "status": "Thandi Mokoena", "evidence": f"=Told by {LOCAL}"}
    rows = ImportBatch.objects.filter(pk=batch.pk)
    rows.update(state=state, content=b"27820000101,Thandi Mokoena\n0820000202,stop\n", mapping=mapping)
    erase(person())
    assert places_of(THANDI, "Mokoena") == set()
    batch.refresh_from_db()
    assert (batch.mapping["evidence"], bytes(batch.content)) == ("=Told by …", b"")
    assert batch.state == {"approved": "done", "done": "done"}.get(state, "rejected")


def test_after_a_month_nothing_is_left_of_what_stood_for_a_whole_file_in_somebodys_words(clinic):
    batch = approved(clinic, csv_file(STOPPED))
    words = {"evidence": "=Signed by Thandi", "source": "=At the fair", "status": "=withdrawn"}
    mapping = batch.mapping | words
    ImportBatch.objects.update(mapping=mapping, state="done", decided_at=timezone.now() - FILES_KEPT)
    forget_files(timezone.now() + timedelta(seconds=1), ImportRow.objects.none())
    batch.refresh_from_db()
    assert batch.mapping == batch.mapping | {"phone": "phone", "status": "=withdrawn"}
    assert not {"evidence", "source"} & batch.mapping.keys()


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
