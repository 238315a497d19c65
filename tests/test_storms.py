"""Storms of webhooks, a hundredth of those in ./dev bench: nothing bad is kept, nothing good is lost."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRecord,
    Contact,
    ContactIdentifier,
    InboundDelivery,
    InboundMessage,
    SenderContact,
)
from tests import storms

COUNT, REPLAYED = 1_000, 100


@pytest.mark.once
def test_of_a_storm_of_bad_webhooks_nothing_is_kept_but_counts_and_each_good_one_is_recorded(clinic):
    now, genuine, answers = timezone.now(), [], Counter()
    for post, is_genuine in storms.storm(clinic.thread, storms.hooked(clinic.organisation), COUNT, now):
        answers[post.send(clinic.client).status_code, is_genuine] += 1
        genuine += [post.body] if is_genuine else []
    assert set(answers) == {(200, True), (401, False)}
    assert answers[200, True] == len(genuine) == COUNT // storms.GENUINE
    assert [bytes(row.body) for row in InboundDelivery.objects.order_by("pk")] == genuine
    assert list(InboundMessage.objects.values_list("outcome", flat=True)) == ["stop"] * len(genuine)
    assert clinic.events() == [("withdrawn", None, True)] * len(genuine)
    assert clinic.contacts() == len(genuine)
    counted = CaptureChannel.objects.aggregate(all=Sum("refused_count"))["all"]
    assert counted == answers[401, False]


def state(sender):
    """Everything that webhooks led to. The same code twice is one act, of the time of the first to come."""
    who = dict(ContactIdentifier.objects.filter(scheme="phone").values_list("contact", "value"))
    records = ConsentRecord.objects.select_related("stop", "grant", "proof", "purpose")
    return (
        sorted(ConsentEvent.objects.values_list("key", "kind", "proved", "reason")),
        sorted((who[r.contact_id], r.purpose.key, *map(key, (r.stop, r.grant, r.proof))) for r in records),
        sorted(
            (who[row.contact_id], str(row.marketing_stopped_at), row.marketing_is_stopped)
            for row in SenderContact.objects.filter(sender=sender)
        ),
    )


def key(event):
    return event.key if event else ""


@pytest.mark.once
def test_webhooks_shuffled_and_replayed_three_times_come_to_the_same_as_once_in_order(clinic):
    begun = timezone.now() - timedelta(hours=2)
    keys = (["health-tips"], ["appointment-reminders"], ["health-tips", "appointment-reminders"])
    codes = [clinic.choose(*each, at=begun - timedelta(minutes=1)) for each in keys]
    posts = storms.conversation(clinic.thread, codes, begun, REPLAYED)
    mark = transaction.savepoint()
    for post in posts:
        assert post.send(clinic.client).status_code == 200
    once = state(clinic.sender)
    assert {kind for _key, kind, *_ in once[0]} == {"given", "withdrawn", "invalidated"}
    assert any(stopped for _who, _at, stopped in once[2])
    transaction.savepoint_rollback(mark)
    assert not Contact.objects.exists()
    dice = random.Random(7)  # noqa: S311  nothing secret
    again = posts * 3
    dice.shuffle(again)
    for post in again:
        assert post.send(clinic.client).status_code == 200
    assert not InboundDelivery.objects.exclude(state="done").exists()
    assert state(clinic.sender) == once
