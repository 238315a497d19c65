"""What ties the acts of a pack to the signed ledger: their bytes, their places, and the heads."""

from collections.abc import Iterable
from typing import Any

from optins.consent import seals, signing
from optins.consent.digests import event_bytes
from optins.consent.evidence_pack.tree import Sealed
from optins.models import ConsentEvent, Seal, SealedEvent

Json = dict[str, Any]


def events_json(events: Iterable[ConsentEvent]) -> Json:
    """Each act: the very bytes that its MAC and its seal cover, and the MAC, as ``key id:HMAC-SHA256``."""
    return {"events": [{"id": str(e.pk), "bytes": event_bytes(e).decode(), "mac": e.mac} for e in events]}


def proofs_and_heads(events: list[ConsentEvent], sealed: Sealed) -> tuple[Json, Json]:
    """The place of each act under the newest head, and the head that covered it first; and these heads."""
    places = _places(events, sealed)
    firsts = {event_id: _first_over(place, sealed) for event_id, place in places.items()}
    proofs = [
        {
            "event": event_id,
            "position": place,
            "path": [each.hex() for each in sealed.tree.inclusion_proof(place)],
            "first_head": firsts[event_id].size,
        }
        for event_id, place in sorted(places.items(), key=lambda pair: pair[1])
    ]
    waiting = [str(event.pk) for event in events if str(event.pk) not in places]
    heads = {
        seal.size: seal for seal in (*firsts.values(), *([sealed.head] if places and sealed.head else []))
    }
    rows = [_head(heads[size], sealed) for size in sorted(heads)]
    return {"proofs": proofs, "not_yet_sealed": waiting}, {"heads": rows}


def _places(events: list[ConsentEvent], sealed: Sealed) -> dict[str, int]:
    size = sealed.head.size if sealed.head else 0
    rows = SealedEvent.objects.filter(event__in=[event.pk for event in events], position__lt=size)
    return {str(event): place for event, place in rows.values_list("event", "position")}


def _first_over(place: int, sealed: Sealed) -> Seal:
    """The first head over this place: the act was there when it was signed."""
    rows = Seal.objects.filter(organisation=sealed.organisation, size__gt=place)
    return rows.select_related("organisation", "previous").order_by("size")[0]


def _head(seal: Seal, sealed: Sealed) -> Json:
    """A head's signed bytes, and the proof that the newest head's ledger begins with this one's."""
    return {
        "bytes": seals.head_bytes(seal).decode(),
        "signature": seal.signature,
        "public_key": signing.public_hex(seal.key_id),
        "consistency": [each.hex() for each in sealed.tree.consistency_proof(seal.size)],
    }
