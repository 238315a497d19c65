"""Storms of webhooks, a hundredth of those in ./dev bench: nothing bad is kept, nothing good is lost."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from optins.models import CaptureChannel, InboundDelivery, InboundMessage
from tests import storms, vendors

COUNT, REPLAYED = 1_300, 100
OTHERS = 5_000  # the number of the first of those who do the same in another order


@pytest.mark.once
def test_of_a_storm_of_bad_webhooks_nothing_is_kept_but_counts_and_each_good_one_is_recorded(clinic):
    now, genuine, answers = timezone.now(), [], Counter()
    for post, expected in storms.storm(storms.hooked(clinic.organisation), COUNT, now):
        status = post.send(clinic.client).status_code
        assert status == expected, (post.path, post.body[:200])
        answers[status] += 1
        genuine += [post.body] if expected == 200 else []
    assert set(answers) == {200, 400, 401}
    assert answers[200] == len(genuine) == COUNT // storms.GENUINE
    assert InboundDelivery.objects.values("channel").distinct().count() == len(vendors.STOPS)
    assert [bytes(row.body) for row in InboundDelivery.objects.order_by("pk")] == genuine
    assert list(InboundMessage.objects.values_list("outcome", flat=True)) == ["stop"] * len(genuine)
    assert clinic.events() == [("withdrawn", None, True)] * len(genuine)
    assert clinic.contacts() == len(genuine)
    counted = CaptureChannel.objects.aggregate(all=Sum("refused_count"))["all"]
    assert counted == answers[401]


@pytest.mark.once
def test_webhooks_shuffled_and_replayed_three_times_come_to_the_same_as_once_in_order(clinic):
    begun = timezone.now() - timedelta(hours=2)
    keys = (["health-tips"], ["appointment-reminders"], ["health-tips", "appointment-reminders"])
    codes = [clinic.choose(*each, at=begun - timedelta(minutes=1)) for each in keys]
    in_order = storms.talk(clinic.thread, codes, begun, REPLAYED)
    replayed = storms.talk(clinic.thread, codes, begun, REPLAYED, first=OTHERS) * 3
    random.Random(7).shuffle(replayed)  # noqa: S311  nothing secret
    for post in (*in_order, *replayed):
        assert post.send(clinic.client).status_code == 200
    assert not InboundDelivery.objects.exclude(state="done").exists()
    once = storms.came_to(clinic.sender, REPLAYED)
    assert {kind for _who, kind, *_ in once[0]} == {"given", "withdrawn", "invalidated"}
    assert any(stopped for _who, _at, stopped in once[2])
    assert storms.came_to(clinic.sender, REPLAYED, first=OTHERS) == once
