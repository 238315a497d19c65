"""Celery tasks of imports. They take nothing, find their work in the database, and may run twice."""

from datetime import datetime, timedelta

from celery import shared_task
from django.db.models import Q, QuerySet
from django.utils import timezone

from optins.imports import columns, work
from optins.models import ImportBatch, ImportRow

State = ImportBatch.State
FILES_KEPT = timedelta(days=30)


@shared_task
def record_approved() -> bool:
    """Go on recording the approved file that has waited longest; whether there is more to do."""
    batch = work.take(timezone.now())
    if batch is None:
        return False
    is_done = work.record_for(batch, work.SLICE.total_seconds())
    # Not after a failure: the lease then keeps a file that cannot be recorded from holding up the next.
    work.let_go(batch)
    return not is_done


def forget_files(now: datetime, held: QuerySet[ImportRow]) -> None:
    """Remove files dealt with a month ago, and what was uploaded and never handed in; not with held rows."""
    dealt_with = ImportBatch.objects.filter(state__in=[State.DONE, State.REJECTED])
    dealt_with = dealt_with.exclude(pk__in=held.values("batch"))
    before = now - FILES_KEPT
    over = dealt_with.filter(Q(decided_at__lt=before) | Q(decided_at=None, finished_at__lt=before))
    for batch in over.exclude(content=b"").defer("content"):
        ImportBatch.objects.filter(pk=batch.pk).update(content=b"", mapping=columns.lasting(batch.mapping))
    ImportBatch.objects.filter(state=State.DRAFT, uploaded_at__lt=now - FILES_KEPT).delete()
