"""Heads: what a seal says, in canonical bytes, and how it is signed, written out and read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Self

from optins.consent import digests, signing
from optins.models import Organisation, Seal

_VERSION = b"sayso-head-1\n"
_FIELDS = {
    "organisation": str,
    "organisation_id": int,
    "size": int,
    "root": str,
    "sealed_at": str,
    "previous_root": str,
    "key_id": str,
}


class HeadError(Exception):
    """What was read is no head, or nobody whom we know signed it."""


def head_fields(seal: Seal, organisation: Organisation, previous_root: str) -> dict[str, Any]:
    """What is signed: ``root`` and ``previous_root`` in hex (empty for the first), the time in UTC."""
    return {
        "organisation": organisation.slug,
        "organisation_id": organisation.pk,
        "size": seal.size,
        "root": seal.root,
        "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(),
        "previous_root": previous_root,
        "key_id": seal.key_id,
    }


def fields_of(seal: Seal) -> dict[str, Any]:
    """``head_fields`` of a seal as it is in the database."""
    return head_fields(seal, seal.organisation, seal.previous.root if seal.previous else "")


def bytes_of(fields: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a head, version 1: what its signature covers."""
    return _VERSION + digests.canonical(fields).encode()


def head_bytes(seal: Seal) -> bytes:
    return bytes_of(fields_of(seal))


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head outside the database: what it says, and its signature in hex."""

    fields: dict[str, Any]
    signature: str

    @classmethod
    def of(cls, seal: Seal) -> Self:
        return cls(fields_of(seal), seal.signature)

    @classmethod
    def read(cls, text: str) -> Self:
        """From one line that ``line`` made. Raises HeadError; the signature is not checked here."""
        try:
            found = json.loads(text)
            head = cls({name: found["head"][name] for name in _FIELDS}, found["signature"])
            right = set(found["head"]) == set(_FIELDS) and isinstance(head.signature, str)
        except (ValueError, KeyError, TypeError) as error:
            raise HeadError("This is no head: see docs/proof.md for what one looks like.") from error
        if not right or any(type(head.fields[name]) is not kind for name, kind in _FIELDS.items()):
            raise HeadError("This is no head: see docs/proof.md for what one looks like.")
        return head

    @property
    def line(self) -> str:
        """One line of JSON, with the public key beside it so that a reader need not ask for it."""
        public_key = signing.public_hex(self.fields["key_id"])
        return digests.canonical({"head": self.fields, "signature": self.signature, "public_key": public_key})

    @property
    def is_authentic(self) -> bool:
        """Whether one of our keys signed it; the public key that stands beside it is not asked."""
        return signing.is_signed(bytes_of(self.fields), self.fields["key_id"], self.signature)
