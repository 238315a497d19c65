"""The zip: files, their signed manifest, and many packs as one stream."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from optins.consent import signing
from optins.consent.evidence_pack.contents import Contents
from optins.consent.evidence_pack.files import Files, as_json, files
from optins.consent.evidence_pack.tree import Sealed
from optins.consent.evidence_pack.verify import FORMAT, MANIFEST, PACK, SIGNATURE
from optins.models import Contact, Organisation


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose packs are wanted, when, and whether for the person (then without what may name others)."""

    organisation: Organisation
    now: datetime
    for_person: bool = False


def pack(contact: Contact, asked: Asked, sealed: Sealed | None = None) -> bytes:
    """One person's pack as a zip. Without ``sealed`` what waits for a seal is sealed first."""
    sealed = sealed or Sealed.now(asked.organisation, asked.now)
    contents = Contents(contact, sealed, asked.now, asked.for_person)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _with_manifest(contents).items():
            archive.writestr(_entry(name, asked.now), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def packs(contacts: Iterable[Contact], asked: Asked) -> Iterator[tuple[str, bytes]]:
    """A name and a pack for each contact; the tree is read once for all of them."""
    sealed = Sealed.now(asked.organisation, asked.now)
    for contact in contacts:
        yield f"{contact.uuid}.zip", pack(contact, asked, sealed)


def streamed(named: Iterable[tuple[str, bytes]], now: datetime) -> Iterator[bytes]:
    """One zip of these files, piece by piece: never more than one of them is in memory."""
    sink = _Sink()
    # Packs are compressed already.
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, data in named:
            archive.writestr(_entry(name, now), data)
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file that cannot be read or sought: what is written waits for ``taken``."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data, self._waiting = b"".join(self._waiting), []
        return data


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now.astimezone(UTC).timetuple()[:6])
    entry.external_attr = 0o644 << 16
    return entry


def _with_manifest(contents: Contents) -> Files:
    made = files(contents)
    key_id = signing.newest_key_id()
    manifest = as_json(
        {
            "format": FORMAT,
            "made_at": contents.now.astimezone(UTC).isoformat(timespec="seconds"),
            "organisation": contents.contact.organisation.slug,
            "contact": str(contents.contact.uuid),
            "for_person": contents.for_person,
            "left_out": sorted([str(row.event_id), row.part] for row in contents.left_out),
            "key_id": key_id,
            "public_key": signing.public_hex(key_id),
            "files": {name: hashlib.sha256(data).hexdigest() for name, data in made.items()},
        }
    )
    signature = signing.sign(PACK + hashlib.sha256(manifest).hexdigest().encode(), key_id)
    return {**made, MANIFEST: manifest, SIGNATURE: f"{signature}\n".encode()}
