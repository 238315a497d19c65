"""Several workers at once, each with its own connection, and workers that die or are too late."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Event, Lock

import pytest
from django.db import connection
from django.utils import timezone

from optins.models import InboundDelivery, OutboundMessage, SenderContact
from optins.senders.base import Limit
from optins.senders.turn import TurnPlatform
from optins.sync import buckets, leases, pushes
from optins.sync.drain import drain
from tests.clinic import SIPHO, THANDI
from tests.services import wait_until
from tests.sync.outward import people

WORKERS = 4


def work():
    """What one worker does; its connection is its own."""
    with closing(connection):
        return drain()


@pytest.fixture
def workers():
    with ThreadPoolExecutor(WORKERS) as pool:
        yield pool


@pytest.fixture
def busy(live_outward, recorder):
    """The clinic at the recorder, which holds each call up while ``held`` is not set."""
    live_outward.move_to(recorder.url)
    return live_outward


class Meanwhile:
    """Holds calls up until let go, and counts how many are about one contact at once."""

    def __init__(self) -> None:
        self.let_go, self.lock = Event(), Lock()
        self.at_once: dict[str, int] = {}
        self.most = 0

    def __call__(self, call) -> None:
        with self.lock:
            self.at_once[call.path] = self.at_once.get(call.path, 0) + 1
            self.most = max(self.most, self.at_once[call.path])
        self.let_go.wait(10)
        with self.lock:
            self.at_once[call.path] -= 1


def test_workers_share_the_rows_and_never_push_one_twice(busy, recorder, workers):
    for person in people(24):
        busy.give(person)
    recorder.during = meanwhile = Meanwhile()
    running = [workers.submit(work) for _ in range(WORKERS)]
    wait_until(lambda: len(recorder.calls) == WORKERS)
    meanwhile.let_go.set()
    assert sum(each.result() for each in running) == 24
    assert meanwhile.most == 1
    assert sorted(call.path for call in recorder.calls) == sorted(
        f"/v1/contacts/{person}/profile" for person in people(24)
    )


def test_a_row_that_a_worker_holds_is_left_alone(busy, recorder, workers):
    busy.give()
    recorder.during = meanwhile = Meanwhile()
    first = workers.submit(work)
    wait_until(lambda: recorder.calls)
    assert workers.submit(work).result() == 0
    meanwhile.let_go.set()
    assert first.result() == 1
    assert len(recorder.calls) == 1


def test_a_change_during_a_push_is_told_after_it(busy, recorder, workers):
    busy.give()
    recorder.during = meanwhile = Meanwhile()
    worker = workers.submit(work)
    wait_until(lambda: recorder.calls)
    busy.stop()
    assert workers.submit(work).result() == 0
    meanwhile.let_go.set()
    worker.result()
    work()
    assert [body["opted_in"] for body in recorder.bodies] == [True, False]
    assert busy.is_in_step()


def test_a_call_under_way_is_counted_before_its_answer_comes(busy, recorder, workers):
    reset = timezone.now() + timedelta(seconds=60)
    buckets.note(busy.sender.pk, "general", Limit(limit=10, remaining=2, reset_at=reset))
    for person in people(2):
        busy.give(person)
    recorder.during = meanwhile = Meanwhile()
    running = [workers.submit(work) for _ in range(WORKERS)]
    wait_until(lambda: recorder.calls)
    assert busy.sender.limits["general"]["remaining"] == 1
    meanwhile.let_go.set()
    assert sum(each.result() for each in running) == 1


def test_a_pause_that_one_worker_was_told_holds_for_all(busy, recorder, workers):
    for person in people(8):
        busy.give(person)
    recorder.answers = [(429, {"Retry-After": "30"}, b"")]
    work()
    assert sum(workers.map(lambda _: work(), range(WORKERS))) == 0
    assert len(recorder.calls) == 1


def test_what_a_dead_worker_held_is_taken_up_when_its_lease_is_over(busy, recorder):
    busy.give()
    busy.take()
    assert work() == 0
    SenderContact.objects.update(leased_until=timezone.now())
    assert work() == 1
    assert busy.is_in_step()


def test_a_stop_after_a_dead_workers_call_is_told_again_when_that_has_settled(busy, recorder):
    """Nobody knows whether the call of a worker that was killed is still on its way."""
    busy.give()
    pushes._note_what_may_be_held(busy.take())
    busy.stop()
    SenderContact.objects.update(leased_until=timezone.now())
    work()
    assert busy.row().next_attempt_at > timezone.now() + timedelta(seconds=100)
    busy.make_due()
    work()
    assert recorder.bodies == [{"opted_in": False}] * 2
    busy.make_due()
    assert work() == 0


def test_a_worker_that_comes_too_late_has_the_truth_told_again(busy, recorder):
    busy.give()
    late = busy.take()
    busy.stop()
    SenderContact.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert work() == 1
    pushes.push(TurnPlatform(), busy.sender, late)
    assert busy.is_in_step()
    busy.make_due()
    work()
    assert [body["opted_in"] for body in recorder.bodies][-2:] == [True, False]


def test_a_withdrawal_that_waits_for_a_failed_push_is_free_at_once(busy, recorder, workers):
    busy.give()
    recorder.answers = [(400, {}, b'{"errors":[{"code":-1}]}')]
    recorder.during = meanwhile = Meanwhile()
    worker = workers.submit(work)
    wait_until(lambda: recorder.calls)
    busy.stop()
    meanwhile.let_go.set()
    worker.result()
    assert busy.row().parked_at is None
    work()
    assert busy.is_in_step()
    assert recorder.bodies[-1] == {"opted_in": False}


def test_replies_to_one_person_are_never_under_way_at_once(busy, recorder, workers):
    for text in ("first", "second"):
        busy.reply(text)
    busy.reply("to another", to=SIPHO)
    recorder.during = meanwhile = Meanwhile()
    running = [workers.submit(work) for _ in range(WORKERS)]
    wait_until(lambda: len(recorder.calls) == 2)
    assert {call.body["to"] for call in recorder.calls} == {THANDI, SIPHO}
    meanwhile.let_go.set()
    assert sum(each.result() for each in running) + work() == 3
    assert [b["text"]["body"] for b in recorder.bodies if b["to"] == THANDI] == ["first", "second"]


def test_every_kind_of_row_is_leased_once(busy, workers):
    """Held for a while and given to one worker alone, whatever the row is."""
    busy.reply()
    busy.clinic.deliver({"messages": []})
    InboundDelivery.objects.update(state="waiting", next_attempt_at=timezone.now())

    def take(model):
        with closing(connection):
            return leases.take(model.objects.due(timezone.now()), timezone.now())

    for model in (OutboundMessage, InboundDelivery):
        taken = [row for row in workers.map(lambda _, m=model: take(m), range(WORKERS)) if row]
        assert len(taken) == 1
