"""Stops that staff decide upon all at once, while more of them come."""

import pytest
from django.db import connection
from django.utils import timezone

from optins.admin import parked
from optins.models import Contact, SenderContact, User

pytestmark = pytest.mark.once


def test_a_stop_that_is_parked_while_staff_keep_the_others_is_not_lost(clinic):
    made = [Contact.objects.create(organisation=clinic.organisation) for _ in range(2)]
    early, late = (
        SenderContact.objects.create(
            sender=clinic.sender, contact=contact, desired={}, next_attempt_at=timezone.now()
        )
        for contact in made
    )
    rows = SenderContact.objects.filter(pk=early.pk)
    rows.update(marketing_stop_parked_at=timezone.now())
    came = []

    def park_another_after_the_first_update(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and not came:
            came.append(True)
            SenderContact.objects.filter(pk=late.pk).update(marketing_stop_parked_at=timezone.now())
        return result

    with connection.execute_wrapper(park_another_after_the_first_update):
        parked._decide(User.objects.get(username="owner"), clinic.sender, parked.STOP)
    assert came
    assert all(row.marketing_is_stopped for row in SenderContact.objects.all())
    assert SenderContact.objects.get(pk=early.pk).marketing_stop_parked_at is None
