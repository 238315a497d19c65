"""The storms of tests/storms.py at full size: what bad webhooks leave behind, genuine ones in any order."""

import logging
import os
import random
import time
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from channels_capture.seed import Demo
from optins.consent import requests, wording
from optins.models import CaptureChannel, ConsentEvent, InboundDelivery
from tests import storms
from tests.channels.recordings import Post

# A quick look: BENCH_STORM=1000 BENCH_REPLAYED=100 ./dev bench
COUNT = int(os.environ.get("BENCH_STORM", "100000"))
REPLAYED = int(os.environ.get("BENCH_REPLAYED", "10000"))
_FIRST, _OTHERS = 2_000_000, 3_000_000  # numbers of people that no other benchmark has


def rates(demo: Demo) -> dict[str, float]:
    """Webhooks a second of each; ends the benchmark where anything bad was kept or anything good lost."""
    return {"storm": _storm(demo), "replayed": _replay(demo)}


def _storm(demo: Demo) -> float:
    kept, recorded, refused = _kept(), ConsentEvent.objects.count(), _refused()
    posts = storms.storm(storms.hooked(demo.organisation), COUNT, timezone.now())
    answers: Counter[tuple[int, int]] = Counter()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # each refusal is a line
    client, begun = Client(), time.perf_counter()
    for post, expected in posts:
        answers[post.send(client).status_code, expected] += 1
    rate = COUNT / (time.perf_counter() - begun)
    genuine = answers[200, 200]
    _check(all(status == expected for status, expected in answers), f"answers to a storm: {dict(answers)}")
    _check(_kept() - kept == genuine, "something bad was kept, or something good was not")
    _check(ConsentEvent.objects.count() - recorded == genuine, "a genuine STOP was not recorded")
    _check(_refused() - refused == answers[401, 401], "something bad was not counted")
    print(
        f"{COUNT:,} webhooks, {genuine:,} of them genuine: recorded; of the others nothing is kept but counts"
    )
    return rate


def _replay(demo: Demo) -> float:
    begun = timezone.now() - timedelta(hours=23)
    codes = [_code(demo, keys, begun) for keys in ((0,), (1,), (0, 1))]
    talk = partial(storms.talk, demo.channels[2], codes, begun, REPLAYED)
    replayed = talk(first=_OTHERS) * 3
    random.Random(7).shuffle(replayed)  # noqa: S311  nothing secret
    _send(talk(first=_FIRST))
    started = time.perf_counter()
    _send(replayed)
    rate = len(replayed) / (time.perf_counter() - started)
    once, again = (storms.came_to(demo.sender, REPLAYED, first=first) for first in (_FIRST, _OTHERS))
    _check(once == again, "webhooks came to something else in another order")
    print(f"{REPLAYED:,} genuine webhooks shuffled and replayed three times: the same as once in order")
    return rate


def _send(posts: Iterable[Post]) -> None:
    client = Client()
    for post in posts:
        _check(post.send(client).status_code == 200, "a genuine webhook was not taken")


def _code(demo: Demo, places: tuple[int, ...], begun: Any) -> str:
    channel = demo.channels[1]
    chosen = list(channel.purposes.all())
    purposes = [chosen[place] for place in places]
    shown = wording.translation(channel.notice, "en")
    return requests.open_request(channel, shown, purposes, now=begun - timedelta(minutes=1)).sentence


def _kept() -> int:
    return InboundDelivery.objects.count()


def _refused() -> int:
    return CaptureChannel.objects.aggregate(all=Sum("refused_count"))["all"] or 0


def _check(holds: bool, problem: str) -> None:
    if not holds:
        raise SystemExit(f"The benchmark failed: {problem}.")
