"""Events get their places in one tree whose heads are signed and cannot fork."""

from optins.consent import merkle, seals
from optins.consent.digests import event_bytes
from optins.models import ConsentEvent, SealedEvent


def leaves_of(organisation):
    rows = SealedEvent.objects.filter(organisation=organisation).order_by("position")
    return [bytes.fromhex(leaf) for leaf in rows.values_list("leaf", flat=True)]


def test_a_seal_covers_the_canonical_bytes_of_each_event_in_the_order_of_recording(recorded, seal):
    head = seal()
    events = ConsentEvent.objects.order_by("recorded_at", "pk")
    assert leaves_of(recorded.organisation) == [merkle.leaf_hash(event_bytes(event)) for event in events]
    assert head.root == merkle.root(leaves_of(recorded.organisation)).hex()
    assert head.size == events.count() == 5
    assert head.previous is None
    assert seals.head_bytes(head).startswith(
        b'sayso-head-1\n{"key_id":"test","organisation":"riverside-clinic"'
    )
    assert seals.SignedHead.of(head).is_authentic
    assert seal() is None
