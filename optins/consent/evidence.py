"""What proves an act, in parts that can be kept for different times: shown, done, and from where."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from optins.consent import digests, identity
from optins.consent.signal import ConsentSignal
from optins.models import ContactIdentifier, Evidence, Organisation

Part = Evidence.Part
# What stays of an address that is kept without its last part: bits, by version.
_KEPT_BITS = {4: 24, 6: 48}


def pieces_of(signal: ConsentSignal, now: datetime) -> list[Evidence]:
    """The signal's evidence, not saved and of no event yet; each piece under a salt of its own."""
    return [
        Evidence(
            part=part,
            payload=digests.storable(payload),
            salt=secrets.token_hex(16),
            retention_until=_until(part, signal.organisation, now),
        )
        for part, payload in _payloads(signal)
        if payload
    ]


def _payloads(signal: ConsentSignal) -> Iterator[tuple[Part, Mapping[str, Any]]]:
    is_theirs = _is_their_page(signal)
    yield Part.SHOWN, _shown(signal, is_their_page=is_theirs)
    yield Part.ACT, signal.evidence
    request = signal.request if is_theirs else None
    address = signal.address or (request.client_address if request else "")
    yield Part.ADDRESS, {"address": address} if address else {}


def _is_their_page(signal: ConsentSignal) -> bool:
    """Whether what stands in the page may be of the one who acts: not with somebody else's number in it."""
    request = signal.request and (signal.request.parent or signal.request)
    known = {each.value for each in signal.identifiers}
    if request is None or request.typed_number in {"", *known}:
        return True
    contacts = [signal.contact] if signal.contact else identity.find(signal.organisation, signal.identifiers)
    return ContactIdentifier.objects.filter(contact__in=contacts, value=request.typed_number).exists()


def _shown(signal: ConsentSignal, *, is_their_page: bool) -> dict[str, Any]:
    """Which words were put to the person, apart from what they answered."""
    request, wording = signal.request, signal.translation
    shown: dict[str, Any] = {}
    if wording:
        shown |= {"version": str(wording.version), "language": wording.language, "sha256": wording.digest()}
    if request:
        shown |= {"request": str(request.uuid), "kind": request.kind, "page": request.shown}
        form = request.filled_in or (request.parent.filled_in if request.parent else {})
        shown |= {"form": form} if form and is_their_page else {}
        shown |= {"said_to_be_at_least": request.own_age} if request.own_age else {}
    if signal.asked_at:
        shown["asked_at"] = signal.asked_at.isoformat()
    return shown


def _until(part: Part, organisation: Organisation, now: datetime) -> datetime | None:
    days = organisation.ip_kept_days if part == Part.ADDRESS else organisation.evidence_kept_days
    return now + timedelta(days=days) if days is not None else None


def address_to_keep(organisation: Organisation, address: str | None) -> str:
    """As much of an IP address as the organisation keeps: nothing, its first part, or all of it."""
    if not address or organisation.ip_policy == Organisation.IpPolicy.NONE:
        return ""
    found = ip_address(address.partition("%")[0])
    # A server that listens on IPv6 writes an IPv4 address so; cut as IPv6 all of them would be the same.
    found = getattr(found, "ipv4_mapped", None) or found
    if organisation.ip_policy == Organisation.IpPolicy.FULL:
        return str(found)
    return str(ip_network((found, _KEPT_BITS[found.version]), strict=False))
