"""Whoever dies in the middle of recording leaves whole rows behind, and the next worker the rest."""

import os
import signal
import subprocess
import sys

import pytest

from config.supervisor import ROOT
from optins.imports import work
from optins.models import ConsentEvent, Evidence, ImportBatch
from tests.imports.files import STOPPED, approved, csv_file, many, record_all, some
from tests.sync.programs import database_url

# A worker that is killed the moment it sends its so-many-th statement: in the middle of a row.
WORKER = """
import os, signal, sys
import django
django.setup()
from django.db import connection
from optins.imports import work
from optins.models import ImportBatch

left = int(sys.argv[2])
def count(execute, *arguments):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*arguments)

batch = ImportBatch.objects.select_related("channel__organisation").get(pk=int(sys.argv[1]))
with connection.execute_wrapper(count):
    work.record_for(batch, 1000)
"""


def killed_after(batch, statements):
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    words = [sys.executable, "-c", WORKER, str(batch.pk), str(statements)]
    return subprocess.run(words, cwd=ROOT, env=environment, check=False, timeout=100).returncode


def whole(batch):
    """Lines whose acts are recorded, and lines that say so: the same, or a row came apart."""
    lines = set(batch.rows.exclude(recorded_at=None).values_list("number", flat=True))
    proofs = Evidence.objects.filter(event__actor_reference=f"import:{batch.pk}")
    return lines, {proof.payload["line"] for proof in proofs}


@pytest.mark.timeout(300)
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(live_clinic):
    rows = [STOPPED | {"phone": "+27820000909"}, *many(12)]
    batch = approved(live_clinic, csv_file(*rows))
    for statements in (25, 60, 107):
        assert killed_after(batch, statements) == -signal.SIGKILL
        recorded, evidenced = whole(batch)
        assert recorded == evidenced
        batch.refresh_from_db()
        assert batch.state == "approved"
    assert 0 < len(recorded) < 13
    record_all()
    batch.refresh_from_db()
    assert (batch.state, some(batch.counts)) == ("done", {"new": 13})
    assert whole(batch)[0] == whole(batch)[1] == set(range(2, 15))
    assert ConsentEvent.objects.count() == 1 + 12 * 2


def test_a_batch_that_is_recorded_twice_is_recorded_once(clinic):
    batch = approved(clinic, csv_file(*many(3)))
    assert work.record_for(batch, 1000)
    assert work.record_for(batch, 1000)
    assert ConsentEvent.objects.count() == 6


def test_a_slice_of_time_records_some_rows_and_the_next_slices_the_rest(clinic):
    batch = approved(clinic, csv_file(*many(3)))
    assert work.record_for(batch, 0) is False
    assert batch.rows.exclude(recorded_at=None).count() < 3
    assert work.record_for(batch, 1000) is True


def test_two_workers_do_not_take_the_same_batch_and_a_dead_ones_lease_runs_out(clinic):
    from django.utils import timezone

    approved(clinic, csv_file(*many(2)))
    now = timezone.now()
    taken = work.take(now)
    assert taken
    assert work.take(now) is None
    assert work.take(now + work.LEASE)
    work.let_go(taken)  # it is another worker's by now
    assert ImportBatch.objects.get().leased_until
