"""Keys are rotated step by step without losing anything, and a lost or malformed one is said."""

import secrets

import pytest

from optins import checks
from optins.consent import signing
from optins.consent.verification import Finding, verify
from optins.models import Seal
from tests.proof.tampering import let_in
from tests.signals import NOW, no, record_all, yes


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
