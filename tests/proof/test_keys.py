"""Keys are rotated step by step without losing anything, and a lost or malformed one is said."""

import secrets
from datetime import timedelta

import pytest

from optins import checks
from optins.consent import recording, sealing, signing
from optins.consent.verification import Finding, verify
from optins.models import ConsentEvent, Seal
from tests import signals
from tests.proof.tampering import let_in
from tests.signals import NOW, TIPS, no, record_all, undone, yes

KEYS = ("SIGNING_KEYS", "LEDGER_MAC_KEYS")


def problems():
    return [(str(each.kind), each.subject) for each in verify(now=NOW) if isinstance(each, Finding)]


def said():
    return {message.id for message in checks.signing_keys_are_usable()}


def test_a_signing_key_is_rotated_and_then_destroyed_and_old_heads_still_verify(recorded, seal, settings):
    old_public = signing.public_hex(seal().key_id)
    settings.SIGNING_KEYS = [f"2027:{secrets.token_hex(32)}", *settings.SIGNING_KEYS]
    record_all(recorded, no("d", 9))
    assert seal().key_id == "2027"
    assert problems() == []
    settings.SIGNING_KEYS = settings.SIGNING_KEYS[:1]
    assert problems() == [("head_changed", "head")]
    settings.RETIRED_PUBLIC_KEYS = [f"test:{old_public}"]
    assert problems() == []
    record_all(recorded, yes("e", 20))
    assert seal().key_id == "2027"
    assert problems() == []
    with pytest.raises(KeyError):
        signing.sign(b"", "test")


def test_a_mac_key_is_rotated_and_the_events_of_a_lost_one_count_as_changed(recorded, seal, settings):
    settings.LEDGER_MAC_KEYS = [f"2027:{secrets.token_hex(32)}", *settings.LEDGER_MAC_KEYS]
    event = record_all(recorded, no("d", 9)).events[0]
    assert event.mac.startswith("2027:")
    seal()
    assert problems() == []
    settings.LEDGER_MAC_KEYS = settings.LEDGER_MAC_KEYS[:1]
    assert problems() == [("event_changed", "event")] * 5
    assert "head_differs" not in {kind for kind, _subject in problems()}


def test_a_signature_or_subtree_in_capitals_is_no_longer_what_was_written(recorded, seal):
    head = seal()
    let_in()
    rows = Seal.objects.filter(pk=head.pk)
    for changed in (
        {"signature": head.signature.upper()},
        {"frontier": [each.upper() for each in head.frontier]},
        {"frontier": dict.fromkeys(head.frontier)},
    ):
        rows.update(**changed)
        assert problems() == [("head_changed", "head")], changed
        rows.update(signature=head.signature, frontier=head.frontier)
    assert problems() == []


def take_over(settings, name="SIGNING_KEYS"):
    """A new key in front; gives what was there before."""
    before = getattr(settings, name)
    setattr(settings, name, [f"2027:{secrets.token_hex(32)}", *before])
    return before


def sealed_at(clinic, *plans, hours):
    record_all(clinic, *plans)
    return sealing.seal(clinic.organisation, NOW + timedelta(hours=hours))


def test_a_stolen_key_that_was_replaced_cannot_sign_a_head_unseen_also_where_it_lies_about_the_time(
    recorded, seal, settings
):
    seal()
    stolen, public = settings.SIGNING_KEYS, signing.public_hex("test")
    take_over(settings)
    sealed_at(recorded, no("d", 9), hours=1)
    rotated = settings.SIGNING_KEYS
    for hours in (30, 1):
        with undone():
            sealed_at(recorded, yes("n", 20), hours=29)
            settings.SIGNING_KEYS = stolen
            head = sealed_at(recorded, yes("e", 20), hours=hours)
            settings.SIGNING_KEYS = rotated
            assert (head.key_id, problems()) == ("test", [("old_key", "head")])
            settings.SIGNING_KEYS, settings.RETIRED_PUBLIC_KEYS = rotated[:1], [f"test:{public}"]
            assert problems() == [("old_key", "head")]


def test_a_retired_key_signs_nothing_for_an_organisation_that_never_knew_it(recorded, settings):
    take_over(settings)
    sealed_at(recorded, hours=0)
    settings.SIGNING_KEYS = settings.SIGNING_KEYS[::-1]
    assert sealed_at(recorded, no("d", 9), hours=5).key_id == "test"
    settings.SIGNING_KEYS = settings.SIGNING_KEYS[::-1]
    assert problems() == [("old_key", "head")]


def test_a_stolen_mac_key_that_was_replaced_makes_no_event_unseen_also_where_it_lies_about_the_time(
    recorded, seal, settings
):
    seal()
    stolen = take_over(settings, "LEDGER_MAC_KEYS")
    rotated = settings.LEDGER_MAC_KEYS
    recording.record(signals.signal(recorded, no("d", 9)), now=NOW + timedelta(hours=1))
    sealed_at(recorded, hours=1)
    for hours in (3, -24, 1.5):
        with undone():
            settings.LEDGER_MAC_KEYS = stolen
            event = signals.signal(recorded, yes("e", 20, TIPS))
            (made,) = recording.record(event, now=NOW + timedelta(hours=hours)).events
            settings.LEDGER_MAC_KEYS = rotated
            expected = [("old_key", str(made.pk))]
            assert found(now=NOW + timedelta(hours=30)) == expected, "not sealed yet"
            sealed_at(recorded, hours=29)
            assert found(now=NOW) == expected, "sealed"


def found(now):
    return [(str(each.kind), each.id) for each in verify(now=now) if isinstance(each, Finding)]


def test_processes_with_the_old_settings_may_go_on_for_an_hour_while_they_are_restarted(
    recorded, seal, settings, monkeypatch
):
    """And the sealer may be away for some hours, in the midst of it."""
    seal()
    new = {name: take_over(settings, name) and getattr(settings, name) for name in KEYS}
    for minutes in range(0, 60, 7):
        for name in KEYS:
            setattr(settings, name, new[name][:: -1 if minutes % 2 else 1])
        act = signals.signal(recorded, no(f"n{minutes}", 9))
        recording.record(act, now=NOW + timedelta(minutes=minutes))
        if minutes < 30:
            sealing.seal(recorded.organisation, NOW + timedelta(minutes=minutes))
    for name in KEYS:
        setattr(settings, name, new[name])
    monkeypatch.setattr(sealing, "BATCH", 1)
    while sealing.seal(recorded.organisation, NOW + timedelta(hours=20)):
        pass
    macs = ConsentEvent.objects.values_list("mac", flat=True)
    assert {mac.partition(":")[0] for mac in macs} == {seal.key_id for seal in Seal.objects.all()}
    assert Seal.objects.values("key_id").distinct().count() == 2
    assert problems() == []


def test_who_only_verifies_needs_no_key_to_sign_with(recorded, seal, settings):
    seal()
    settings.RETIRED_PUBLIC_KEYS = [f"test:{signing.public_hex('test')}"]
    settings.SIGNING_KEYS = []
    assert problems() == []


MALFORMED = [["2027"], ["2027:"], [f":{'0' * 64}"], ["a:xyz"], [f"a:{'0' * 63}"], [f"{'x' * 41}:{'0' * 64}"],
             [f"a:{'0' * 64}", f"a:{'1' * 64}"]]  # fmt: skip


def test_keys_that_are_malformed_are_refused_with_what_to_do(settings):
    assert said() == set()
    for pairs in MALFORMED:
        settings.RETIRED_PUBLIC_KEYS = pairs
        assert said() == {"sayso.E004"}
    settings.RETIRED_PUBLIC_KEYS = []
    for pairs in [[], *MALFORMED]:
        settings.SIGNING_KEYS = pairs
        assert said() == {"sayso.E003"}


def test_a_deployment_whose_heads_go_nowhere_is_warned(settings):
    assert [message.id for message in checks.heads_are_exported()] == ["sayso.W003"]
    settings.HEADS_WEBHOOK = "https://witness.example.org/"
    assert checks.heads_are_exported() == []
