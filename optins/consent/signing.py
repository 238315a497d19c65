"""The keys that sign heads: Ed25519, from the settings, never in the database.

SIGNING_KEYS are ``id:seed`` pairs, the newest first: the first signs, all of them check. Of a key that is
gone, RETIRED_PUBLIC_KEYS keep ``id:public key``, so that what it signed can be checked for ever. Seeds and
public keys are 32 bytes, in hex.
"""

from collections.abc import Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

# What Seal.key_id has room for.
LONGEST_ID = 40


def sign(data: bytes, key_id: str) -> str:
    """The signature, in hex, by the key of this id. KeyError where it is not ours to sign with."""
    return _private_keys()[key_id].sign(data).hex()


def is_signed(data: bytes, key_id: str, signature: str) -> bool:
    """Whether the key of this id, present or retired, made this signature (hex) over these bytes.

    As ``sign`` writes it: the same in capitals is something that somebody changed.
    """
    public_key = public_keys().get(key_id)
    if public_key is None:
        return False
    try:
        found = bytes.fromhex(signature)
        public_key.verify(found, data)
    except (InvalidSignature, ValueError):
        return False
    return found.hex() == signature


def newest_key_id() -> str:
    """The one that signs; empty where there is none."""
    return next(iter(_private_keys()), "")


def public_keys() -> dict[str, Ed25519PublicKey]:
    """Each key that may have signed a head, by its id."""
    in_use = {name: key.public_key() for name, key in _private_keys().items()}
    return retired_keys(tuple(settings.RETIRED_PUBLIC_KEYS)) | in_use


def public_hex(key_id: str) -> str:
    """The public key of this id as 64 hex digits; empty where it is not known."""
    key = public_keys().get(key_id)
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex() if key else ""


def _private_keys() -> dict[str, Ed25519PrivateKey]:
    return private_keys(tuple(settings.SIGNING_KEYS))


@lru_cache
def private_keys(pairs: tuple[str, ...]) -> dict[str, Ed25519PrivateKey]:
    """Keys by id, in the order written. Raises ValueError for a pair that is malformed or named twice."""
    return {name: Ed25519PrivateKey.from_private_bytes(seed) for name, seed in _pairs(pairs)}


@lru_cache
def retired_keys(pairs: tuple[str, ...]) -> dict[str, Ed25519PublicKey]:
    """The same of public keys."""
    return {name: Ed25519PublicKey.from_public_bytes(key) for name, key in _pairs(pairs)}


def _pairs(pairs: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    seen = set()
    for pair in pairs:
        name, _colon, digits = pair.partition(":")
        if not name or len(name) > LONGEST_ID or name in seen:
            raise ValueError("Each key has an id of its own, of up to 40 characters.")
        seen.add(name)
        yield name, bytes.fromhex(digits)
