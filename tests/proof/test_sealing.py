"""Events get their places in one tree whose heads are signed and cannot fork."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from uuid6 import uuid7

from optins import tasks
from optins.consent import ledger, merkle, sealing, seals
from optins.consent.digests import event_bytes, event_mac
from optins.models import ConsentEvent, Seal, SealedEvent, SealLease
from tests import threads
from tests.raw import refused, removing, setting
from tests.signals import NOW, no, record_all, yes

LATER = NOW + timedelta(minutes=1)


def leaves_of(organisation):
    rows = SealedEvent.objects.filter(organisation=organisation).order_by("position")
    return [bytes.fromhex(leaf) for leaf in rows.values_list("leaf", flat=True)]


def assert_sound(organisation):
    """One line of heads, each the root of as many leaves as it says, and each event under the last."""
    leaves, previous = leaves_of(organisation), None
    for head in Seal.objects.filter(organisation=organisation).order_by("size"):
        assert head.previous == previous
        assert head.root == merkle.root(leaves[: head.size]).hex()
        assert seals.SignedHead.of(head).is_authentic
        previous = head
    assert previous.size == len(leaves) == organisation.events.count()


def made_long_ago(event, **ago):
    """Another such event, as if its transaction had taken so long to commit."""
    made_at = timezone.now() - timedelta(**ago)
    event.pk = UUID(int=ledger.first_id_at(made_at).int + uuid7().int % 2**80)
    event.key = event.pk.hex
    event.mac = event_mac(event)
    event.save(force_insert=True)


def test_a_seal_covers_the_canonical_bytes_of_each_event_in_the_order_of_recording(recorded, seal):
    head = seal()
    events = ConsentEvent.objects.order_by("recorded_at", "pk")
    assert leaves_of(recorded.organisation) == [merkle.leaf_hash(event_bytes(event)) for event in events]
    assert (head.size, head.previous) == (events.count(), None) == (5, None)
    assert seals.head_bytes(head).decode() == (
        'sayso-head-1\n{"key_id":"test","organisation":"riverside-clinic","organisation_id":'
        f'{recorded.organisation.pk},"previous_root":"","root":"{head.root}",'
        f'"sealed_at":"{NOW.isoformat()}","size":5}}'
    )
    assert seal() is None
    assert_sound(recorded.organisation)


def test_a_head_that_is_written_out_is_read_back_and_nothing_else_is(recorded, seal):
    head = seals.SignedHead.of(seal())
    assert seals.SignedHead.read(head.line) == head
    assert seals.SignedHead({**head.fields, "size": 4}, head.signature).is_authentic is False
    assert seals.SignedHead({**head.fields, "key_id": "none"}, head.signature).is_authentic is False
    assert seals.SignedHead(head.fields, "no hex").is_authentic is False
    bent = [head.line.replace('"size":5', '"size":"5"'), head.line.replace('"size"', '"more":1,"size"')]
    for text in ("", "{}", "[]", "7", '{"head": {}, "signature": ""}', *bent):
        with pytest.raises(seals.HeadError):
            seals.SignedHead.read(text)


def test_the_tree_grows_batch_by_batch_and_each_organisation_has_its_own(
    recorded, stranger, seal, monkeypatch
):
    monkeypatch.setattr(sealing, "BATCH", 2)
    assert [seal().size, seal().size, seal().size, seal()] == [2, 4, 5, None]
    record_all(recorded, no("d", 9))
    assert sealing.seal(stranger.organisation, NOW) is None
    assert sealing.seal_for(recorded.organisation, 5) == 1
    assert_sound(recorded.organisation)


def test_an_event_that_commits_late_is_sealed_and_one_that_commits_very_late_is_swept_up(recorded, seal):
    seal()
    event = ConsentEvent.objects.order_by("pk").first()
    made_long_ago(event, minutes=5)
    assert seal().size == 6
    made_long_ago(event, hours=1)
    assert seal() is None
    assert tasks.seal_ledgers() == 0
    assert tasks.sweep_ledgers() == 1
    assert tasks.seal_ledgers() == 0
    assert_sound(recorded.organisation)


def test_after_a_long_rest_the_sealer_finds_all_that_came_meanwhile_without_a_sweep(
    recorded, seal, monkeypatch
):
    event = ConsentEvent.objects.order_by("pk").first()
    made_long_ago(event, days=9)
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "BATCH", 1)
        assert seal().size == 1
    for days in (3, 2, 1):
        made_long_ago(event, days=days)
    assert sealing.late(timezone.now()).count() == 3
    assert sealing.late(timezone.now() + timedelta(hours=1)).count() == 8
    assert seal().size == 9
    assert sealing.late(timezone.now() + timedelta(hours=1)).count() == 0


def test_a_lease_keeps_others_away_until_it_runs_out(recorded, seal):
    lease = SealLease.objects.create(
        organisation=recorded.organisation, leased_until=NOW + timedelta(seconds=1)
    )
    assert seal() is None
    with pytest.raises(sealing.Busy):
        sealing.seal_from(recorded.organisation, NOW, None)
    assert sealing.seal(recorded.organisation, LATER).size == 5
    lease.refresh_from_db()
    assert lease.leased_until is None


def test_a_sealer_that_comes_back_after_its_lease_ran_out_changes_nothing(recorded, monkeypatch):
    """While it hashes, another takes over and seals."""
    grown = sealing.grown

    def overtaken(*arguments):
        monkeypatch.setattr(sealing, "grown", grown)
        assert sealing.seal(recorded.organisation, NOW + timedelta(hours=1)).size == 5
        return grown(*arguments)

    monkeypatch.setattr(sealing, "grown", overtaken)
    assert sealing.seal(recorded.organisation, NOW) is None
    assert Seal.objects.count() == 1
    assert_sound(recorded.organisation)


def test_the_database_refuses_a_second_head_and_any_change(recorded, seal):
    first, *_ = seal(), record_all(recorded, no("d", 9)), seal()
    for more in ({"previous": None}, {"previous": first}, {"previous": Seal.objects.last(), "size": 5}):
        values = {"root": "0" * 64, "frontier": [], "sealed_at": NOW, "key_id": "k", "signature": "0"}
        fork = Seal(organisation=recorded.organisation, **{"size": 9, **values, **more})
        with pytest.raises(IntegrityError), transaction.atomic():
            fork.save(force_insert=True)
    for model in (Seal, SealedEvent):
        for field in model._meta.concrete_fields:
            assert refused(setting(model._meta.db_table, f"{field.column} = {field.column}")), field
        assert refused(removing(model._meta.db_table))


@pytest.mark.django_db(transaction=True)
def test_many_sealers_at_once_while_others_record_make_one_line_of_heads(live_clinic, monkeypatch):
    organisation = live_clinic.organisation
    monkeypatch.setattr(sealing, "BATCH", 3)

    def record(number):
        for turn in range(3):
            record_all(live_clinic, yes(f"{number}/{turn}", turn, digits=f"2782000{number:04}"))

    def seal():
        for _turn in range(6):
            sealing.seal_for(organisation, 1)

    threads.together(*[partial(record, number) for number in range(4)], *[seal] * 3)
    call_command("seal_ledger")
    assert organisation.events.count() == 24
    assert_sound(organisation)


@pytest.mark.django_db(transaction=True)
def test_without_the_lease_the_constraints_keep_heads_from_forking(live_clinic, monkeypatch):
    """Each sealer takes the lease for dead."""
    monkeypatch.setattr(sealing, "LEASE", timedelta(seconds=-1))
    monkeypatch.setattr(sealing, "BATCH", 2)
    for number in range(6):
        record_all(live_clinic, yes(f"{number}", digits=f"2782000{number:04}"))
    work = partial(sealing.seal_for, live_clinic.organisation, 2)
    counts = threads.together(*[work] * 4)
    call_command("seal_ledger")
    assert sum(counts) <= 12
    assert_sound(live_clinic.organisation)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_open_while_others_are_sealed_is_sealed_after_it_commits(live_clinic):
    """SQLite has one writer at a time, so there nothing can commit in between."""
    if connection.vendor == threads.SQLITE:
        return
    with transaction.atomic():
        record_all(live_clinic, yes("slow"))
        threads.elsewhere(partial(record_all, live_clinic, yes("quick", digits="27820000202")))
        assert threads.elsewhere(partial(sealing.seal_for, live_clinic.organisation, 1)) == 2
    assert sealing.seal_for(live_clinic.organisation, 1) == 2
    assert_sound(live_clinic.organisation)


@pytest.mark.django_db(transaction=True)
def test_seal_ledger_waits_for_whoever_is_at_it_and_then_seals_the_rest(live_clinic, monkeypatch, capsys):
    monkeypatch.setattr(sealing, "BATCH", 2)
    record_all(live_clinic, yes("a"), yes("b", digits="27820000202"), yes("c", digits="27820000303"))
    until = timezone.now() + timedelta(seconds=1)
    SealLease.objects.create(organisation=live_clinic.organisation, leased_until=until)
    call_command("seal_ledger", organisation="riverside-clinic")
    assert timezone.now() >= until
    assert capsys.readouterr().out == "riverside-clinic: 6 sealed now, 6 in all\n"
