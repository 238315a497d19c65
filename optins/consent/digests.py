"""Keyed digests: what stands in the ledger instead of anything readable."""

import hashlib
import hmac
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from optins.models import ConsentEvent, Organisation, OrganisationKey, Suppression

_SEPARATOR = "\x1f"
# What JSON can say and no database keeps: NUL, and half of a pair of surrogates.
_UNKEPT = re.compile("[\0\ud800-\udfff]")


def _hmac(secret: str, *parts: str) -> str:
    # A vendor's id may hold anything, half an emoji too.
    return _mac(secret, _utf8(_SEPARATOR.join(parts)))


def keyed(organisation: Organisation, use: str, *parts: str) -> str:
    """HMAC-SHA256 (hex) under the organisation's own key; ``use`` keeps different uses apart."""
    return _hmac(organisation.digest_key, use, *parts)


def suppression(key: OrganisationKey, identifier: str) -> str:
    """What stands for an identifier that must stay stopped: ``Identifier.text`` under one key."""
    return _hmac(key.readable, identifier)


def suppressions_of(organisation: Organisation, identifiers: list[str]) -> list[Suppression]:
    """The suppressions that any of these identifiers meets, under any key there ever was."""
    keys = OrganisationKey.objects.filter(organisation=organisation, use=OrganisationKey.Use.SUPPRESSION)
    digests = [suppression(key, identifier) for key in keys for identifier in identifiers]
    if not digests:
        return []
    found = Suppression.objects.filter(organisation=organisation, digest__in=digests)
    return list(found.select_related("purpose"))


def evidence(payload: Any, salt: str) -> str:
    """SHA-256 over salt and canonical JSON: nobody can guess the payload from it."""
    return hashlib.sha256(_utf8(f"{salt}{_SEPARATOR}{canonical(payload)}")).hexdigest()


def _utf8(text: str) -> bytes:
    """SQLite keeps half an emoji, and a check must get over whatever somebody put into a row."""
    return text.encode("utf-8", "surrogatepass")


def canonical(value: Any) -> str:
    """One text for equal JSON values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def storable(value: Any) -> Any:
    """The same JSON as every database gives it back, so that its digest can be checked for ever.

    What cannot be kept is replaced, for the act itself must never be lost over its evidence.
    """
    if isinstance(value, str):
        return _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() else value
    if isinstance(value, Mapping):
        return {storable(str(name)): storable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value if value is None or isinstance(value, bool | int) else str(value)


EVENT_FIELDS = (
    "organisation_id", "purpose_id", "kind", "actor", "actor_reference", "door", "channel_id",
    "placement_id", "request_id", "translation_id", "language", "jurisdiction", "rule_packs",
    "occurred_at", "asked_at", "received_at", "recorded_at", "proved", "expires_at", "voids", "reason",
    "evidence_digests", "key", "is_test",
)  # fmt: skip


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def event_bytes(event: ConsentEvent) -> bytes:
    """The canonical bytes of an event, version 1: what its MAC and its seal cover."""
    values = {name: getattr(event, name) for name in EVENT_FIELDS}
    wording = event.translation.digest() if event.translation else ""
    return bytes_of(values, id=event.pk, contact=event.contact.uuid, wording=wording)


def bytes_of(values: Mapping[str, Any], *, id: UUID, contact: UUID, wording: str) -> bytes:
    """The same from EVENT_FIELDS by name, the contact's own uuid, and the digest of the words shown.

    The words themselves: published wording that somebody changed all the same is found by its events.
    """
    plain = {name: _plain(values[name]) for name in EVENT_FIELDS}
    plain |= {"id": str(id), "contact": str(contact), "wording": wording}
    return versioned("sayso-event-1", plain)


def versioned(version: str, values: Mapping[str, Any]) -> bytes:
    """What a MAC or a seal covers: a line that says of which kind it is, and canonical JSON."""
    return f"{version}\n".encode() + _utf8(canonical(values))


def event_mac(event: ConsentEvent) -> str:
    return mac_of(event_bytes(event))


def mac_of(data: bytes) -> str:
    """``key id:HMAC-SHA256`` with the newest ledger key, which the database does not hold."""
    name, _, secret = settings.LEDGER_MAC_KEYS[0].partition(":")
    return f"{name}:{_mac(secret, data)}"


def is_mac_of(data: bytes, mac: str) -> bool:
    """Whether a key of LEDGER_MAC_KEYS, the one that the MAC names, made it over these bytes."""
    name, _, digest = str(mac).partition(":")
    secrets = dict(pair.split(":", 1) for pair in settings.LEDGER_MAC_KEYS)
    return name in secrets and hmac.compare_digest(_mac(secrets[name], data).encode(), _utf8(digest))


def _mac(secret: str, data: bytes) -> str:
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()
