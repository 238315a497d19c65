"""Checks an evidence pack that Sayso made: ``python verify.py`` inside the unzipped pack, anywhere, offline.

It needs Python 3.11 or newer and the package ``cryptography``, and nothing of Sayso. It reads every file of
the pack and writes none. Exit status: 0 if all holds, 1 if anything does not.

    python verify.py [FOLDER] [--key PUBLIC_KEY]...

FOLDER is another unzipped pack to check with this copy. PUBLIC_KEY is a signing key (64 hex digits) that you
had from the organisation by another way: a pack, or a newest head in it, that none of these signed is then
refused. Heads from before the organisation changed its key are told of.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "sayso-evidence-pack-1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
EVENT, HEAD, PACK = b"sayso-event-1\n", b"sayso-head-1\n", b"sayso-pack-1\n"
PARTS = re.compile(r"evidence/(?P<event>[0-9a-f-]{36})-(?P<part>[a-z]+)\.json")
WORDING = re.compile(r"wording/(?P<digest>[0-9a-f]{64})\.json")
FORM = re.compile(r"forms/(?P<digest>[0-9a-f]{64})\.(?:jpeg|png|pdf)")
# What computers leave in a folder that somebody opened or zipped.
LITTER = re.compile(r"(^|/)(\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini)$|^__MACOSX/")
SEPARATOR = "\x1f"
# While an organisation changes its key, some of its programs may still sign with the one before.
RESTART = timedelta(hours=1)


class Refused(Exception):
    """Something in the pack does not hold; the message says what."""


@dataclass
class Report:
    """What was found: ``wrong`` refuses the pack, ``held`` and ``notes`` tell what it shows and does not."""

    wrong: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)


def check(folder: Path, keys: Collection[str] = ()) -> Report:
    """Check one unzipped pack. ``keys``: the public keys (hex) that may have signed it; none for any."""
    report = Report()
    try:
        _check(Pack.read(folder), {key.lower() for key in keys}, report)
    except Refused as refused:
        report.wrong.append(str(refused))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, RecursionError) as error:
        report.wrong.append(f"A file of the pack cannot be read as what it should be: {error!r}")
    return report


@dataclass(frozen=True)
class Pack:
    """The bytes of every file by its name, and what the manifest says."""

    files: dict[str, bytes]
    manifest: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Pack":
        files = {}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise Refused(f"{name} is neither a file nor a folder.")
            if path.is_file():
                files[name] = path.read_bytes()
        for name in (MANIFEST, SIGNATURE):
            if name not in files:
                raise Refused(f"{name} is missing.")
        return cls(files, json.loads(files[MANIFEST]))

    def json(self, name: str) -> Any:
        return json.loads(self.files[name])


def _check(pack: Pack, keys: set[str], report: Report) -> None:
    _manifest(pack, report)
    _files(pack, report)
    events = _events(pack, report)
    heads = _heads(pack, report)
    _proofs(pack, events, heads, report)
    _wordings(pack, events, report)
    _evidence(pack, events, report)
    _forms(pack, events, report)
    _record(pack, events, report)
    _signers(pack, [heads[size] for size in sorted(heads)], keys, report)


# The pack as a whole


def _manifest(pack: Pack, report: Report) -> None:
    manifest, signature = pack.manifest, pack.files[SIGNATURE]
    if manifest["format"] != FORMAT:
        raise Refused(f"This is not a pack of the kind {FORMAT}.")
    if not re.fullmatch(rb"[0-9a-f]{128}\n", signature):
        raise Refused(f"{SIGNATURE} is not a signature.")
    data = PACK + hashlib.sha256(pack.files[MANIFEST]).hexdigest().encode()
    _signed(data, signature.decode().strip(), manifest["public_key"], MANIFEST)
    _know(report, manifest["key_id"], manifest["public_key"])


def _files(pack: Pack, report: Report) -> None:
    """Each file is the one that was signed; none is missing and none was added."""
    listed, found = pack.manifest["files"], set(pack.files) - {MANIFEST, SIGNATURE}
    for name in sorted(set(listed) - found):
        report.wrong.append(f"{name} is missing.")
    for name in sorted(found - set(listed)):
        made = ": a computer left it there. Remove it and check again" if LITTER.search(name) else ""
        report.wrong.append(f"{name} is not of this pack{made}.")
    for name in sorted(found & set(listed)):
        if hashlib.sha256(pack.files[name]).hexdigest() != listed[name]:
            report.wrong.append(f"{name} was changed.")
    if report.wrong:
        raise Refused("The files are not those that were signed.")
    report.held.append(f"All {len(listed)} files are as they were when the pack was made and signed.")


def _signed(data: bytes, signature: str, public_key: str, what: str) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError) as error:
        raise Refused(f"The signature of {what} is wrong.") from error


def _know(report: Report, name: str, public_key: str) -> None:
    if report.keys.setdefault(name, public_key) != public_key:
        raise Refused(f"Two different keys are called {name}.")


def _signers(pack: Pack, heads: list[dict[str, Any]], given: set[str], report: Report) -> None:
    """A key that was given signed the pack and its newest head; none came back after another replaced it."""
    whole = {**pack.manifest, "sealed_at": pack.manifest["made_at"]}
    _refuse_who_came_back([*heads, whole])
    for what, signed in [("the pack", whole), *(("its newest head", head) for head in heads[-1:])]:
        if given and signed["public_key"] not in given:
            raise Refused(
                f"Another key than the one you gave signed {what}: {signed['key_id']}. "
                "If the organisation had it before, and says so, give both: --key NEW --key OLD."
            )
    report.notes += _told_of_signers(whole["key_id"], heads, given)


def _told_of_signers(pack_key: str, heads: list[dict[str, Any]], given: set[str]) -> Iterator[str]:
    if not heads:
        return
    newest = heads[-1]
    if newest["key_id"] != pack_key:
        yield (
            f"Why the key {pack_key} signed the pack, and {newest['key_id']} its newest head: it is so where "
            "nothing new was sealed since a new key came into use, and else not."
        )
    for head in heads if given else []:
        if head["public_key"] not in given:
            yield (
                f"When the head over {head['size']} events was signed. Its key, {head['key_id']}, is none "
                "that you gave: an older one, or somebody else's. The newest head, signed with one of yours, "
                f"holds the same events: they are proved for {newest['sealed_at']}, and for no time before."
            )


def _refuse_who_came_back(signed: Sequence[dict[str, Any]]) -> None:
    """Whoever stole a key that was replaced can still sign with it, but not as if nothing had happened."""
    replaced: dict[str, datetime] = {}
    last, at = signed[0]["key_id"], datetime.fromisoformat(signed[0]["sealed_at"])
    for each in signed:
        key, at = each["key_id"], max(at, datetime.fromisoformat(each["sealed_at"]))
        if key in replaced and at > replaced[key] + RESTART:
            raise Refused(f"The key {key} signed again, long after the organisation had replaced it.")
        if key not in replaced and key != last:
            replaced[last], last = at, key


# The ledger


def _events(pack: Pack, report: Report) -> dict[str, dict[str, Any]]:
    """What each event says, by its id, from the exact bytes that were sealed."""
    events: dict[str, dict[str, Any]] = {}
    for row in pack.json("events.json")["events"]:
        data = row["bytes"].encode()
        if not data.startswith(EVENT):
            raise Refused("An event is of another version.")
        event = json.loads(data.removeprefix(EVENT))
        if event["contact"] != pack.manifest["contact"]:
            raise Refused(f"The event {event['id']} is about somebody else.")
        if event["id"] in events or event["id"] != row["id"]:
            raise Refused(f"The event {row['id']} is there twice or under another's name.")
        events[event["id"]] = {**event, "leaf": _leaf(data)}
    report.held.append(f"{len(events)} acts are on record, all of one person.")
    return events


def _heads(pack: Pack, report: Report) -> dict[int, dict[str, Any]]:
    """The signed heads by size. Each earlier one has to be the beginning of the newest."""
    heads: dict[int, dict[str, Any]] = {}
    for row in pack.json("heads.json")["heads"]:
        data = row["bytes"].encode()
        if not data.startswith(HEAD):
            raise Refused("A head is of another version.")
        head = json.loads(data.removeprefix(HEAD))
        _signed(data, row["signature"], row["public_key"], f"the head over {head['size']} events")
        _know(report, head["key_id"], row["public_key"])
        if head["organisation"] != pack.manifest["organisation"]:
            raise Refused("A head is of another organisation.")
        heads[head["size"]] = {**head, "path": row["consistency"], "public_key": row["public_key"]}
    newest = heads[max(heads)] if heads else None
    for head in heads.values():
        if newest and not _grew(head, newest):
            raise Refused(f"The ledger of {head['size']} events is no beginning of that of {newest['size']}.")
    if newest:
        one = (
            "1 signed head of the ledger is"
            if len(heads) == 1
            else f"{len(heads)} signed heads of the ledger are"
        )
        report.held.append(f"{one} in the pack, up to {newest['size']} events of {newest['sealed_at']}.")
    return heads


def _grew(head: dict[str, Any], newest: dict[str, Any]) -> bool:
    path = [bytes.fromhex(each) for each in head["path"]]
    roots = bytes.fromhex(head["root"]), bytes.fromhex(newest["root"])
    return is_consistent(head["size"], newest["size"], path, *roots)


def _proofs(
    pack: Pack, events: dict[str, dict[str, Any]], heads: dict[int, dict[str, Any]], report: Report
) -> None:
    """Each event is under the newest head, or is named as not yet sealed."""
    found = pack.json("proofs.json")
    waiting = set(found["not_yet_sealed"])
    for row in found["proofs"]:
        head, first = heads[max(heads)], heads[row["first_head"]]
        path = [bytes.fromhex(each) for each in row["path"]]
        leaf, root = events[row["event"]]["leaf"], bytes.fromhex(head["root"])
        if not is_included(leaf, row["position"], head["size"], path, root):
            raise Refused(f"The event {row['event']} is not in the ledger that was signed.")
        if row["position"] >= first["size"]:
            raise Refused(f"The event {row['event']} is not under the head that is named for it.")
        events[row["event"]]["sealed_at"] = first["sealed_at"]
    sealed = {row["event"] for row in found["proofs"]}
    if sealed & waiting or sealed | waiting != set(events):
        raise Refused("An event has no proof, or a proof has no event.")
    if sealed:
        report.held.append(f"{len(sealed)} of them are in the ledger that the heads sign, unchanged.")
    if waiting:
        report.notes.append(
            f"{len(waiting)} of the acts were not yet sealed: nothing signed covers them yet."
        )


# What was shown, and what proves it


def _wordings(pack: Pack, events: dict[str, dict[str, Any]], report: Report) -> None:
    there = set()
    for name in pack.files:
        if match := WORDING.fullmatch(name):
            if hashlib.sha256(pack.files[name]).hexdigest() != match["digest"]:
                raise Refused(f"{name} is other wording than its name says.")
            there.add(match["digest"])
    wanted = {event["wording"] for event in events.values() if event["wording"]}
    if there != wanted:
        raise Refused("The wordings in the pack are not those that the acts name.")
    report.held.append(f"{len(there)} wordings are exactly those that the acts name.")


def _evidence(pack: Pack, events: dict[str, dict[str, Any]], report: Report) -> None:
    """Each piece gives the digest that its event has sealed."""
    seen = set()
    for name in pack.files:
        if match := PARTS.fullmatch(name):
            row = pack.json(name)
            if (row["event"], row["part"]) != (match["event"], match["part"]):
                raise Refused(f"{name} is under another's name.")
            if (
                evidence_digest(row["payload"], row["salt"])
                != events[row["event"]]["evidence_digests"][row["part"]]
            ):
                raise Refused(f"{name} is not the evidence that its act names.")
            seen.add((row["event"], row["part"]))
    if any(name.startswith("evidence/") and not PARTS.fullmatch(name) for name in pack.files):
        raise Refused("There is evidence under no act's name.")
    report.held.append(f"{len(seen)} pieces of evidence are exactly those that the acts name.")
    left_out = {tuple(each) for each in pack.manifest["left_out"]}
    named = {(event["id"], part) for event in events.values() for part in event["evidence_digests"]}
    if left_out:
        report.notes.append(
            f"{len(left_out)} pieces of evidence were left out, because they may name others."
        )
    if gone := named - seen - left_out:
        report.notes.append(
            f"{len(gone)} pieces of evidence are no longer kept; the acts hold their digests alone."
        )


def _forms(pack: Pack, events: dict[str, dict[str, Any]], report: Report) -> None:
    """The photos of forms are those that the evidence names, as far as they are kept."""
    pieces = [pack.json(name) for name in pack.files if PARTS.fullmatch(name)]
    named = {photo_in(piece["payload"], events[piece["event"]]["door"]) for piece in pieces} - {""}
    there = set()
    for name in (name for name in pack.files if name.startswith("forms/")):
        match = FORM.fullmatch(name)
        if match is None or hashlib.sha256(pack.files[name]).hexdigest() != match["digest"]:
            raise Refused(f"{name} is another form than its name says.")
        there.add(match["digest"])
    if there - named:
        raise Refused("There is a form that no evidence names.")
    if there:
        report.held.append(f"{len(there)} photos of forms are exactly those that the evidence names.")
    if named - there:
        report.notes.append(f"{len(named - there)} photos of forms are no longer kept.")


def photo_in(payload: Any, door: str) -> str:
    """The SHA-256 of the photo that Sayso named itself; what came in by another door is others' own."""
    told = _inner(payload, "desk") if door == "webhook" else payload
    found = _inner(_inner(told, "file"), "sha256")
    is_ours = door in ("desk", "webhook") and isinstance(found, str)
    return found if is_ours and re.fullmatch("[0-9a-f]{64}", found) else ""


def _inner(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _record(pack: Pack, events: dict[str, dict[str, Any]], report: Report) -> None:
    """The summary tells of the same acts as the ledger."""
    told: dict[str, set[str]] = {}
    for node in pack.json("record.jsonld")["@graph"]:
        for act in node.get("dpv:hasConsentStatus", []):
            told.setdefault(act["@id"].removeprefix("urn:uuid:"), set()).add(act["sayso:kind"])
    if any(told[name] != {events[name]["kind"]} for name in told):
        raise Refused("record.jsonld tells of an act otherwise than the ledger.")
    report.held.append("record.jsonld tells of these acts and of no others, each as it is in the ledger.")


# Hashes


def evidence_digest(payload: Any, salt: str) -> str:
    canonical = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{salt}{SEPARATOR}{canonical}".encode()).hexdigest()


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, place: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= place < size:
        return False
    last, found = size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(beside, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """RFC 9162, section 2.1.4.2."""
    if old == size:
        return not path and old_root == root
    if not 0 < old < size or not path:
        return False
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = found = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_found, found = _node(beside, old_found), _node(beside, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and old_found == old_root and found == root


# In words


def told(report: Report, *, is_key_known: bool) -> Iterator[str]:
    """What it proves and what it does not, line by line."""
    if report.wrong:
        yield "REFUSED. This pack does not hold:"
        yield from (f"  - {line}" for line in report.wrong)
        return
    yield "All of it holds."
    yield ""
    yield "What this proves, if the key below is the organisation's:"
    yield from (f"  - {line}" for line in report.held)
    yield "  - No act in the pack, no wording and no evidence was changed since its head was signed."
    yield ""
    yield "What this does not prove:"
    yield from (f"  - {line}" for line in report.notes)
    if not is_key_known:
        yield "  - That the key is the organisation's. Compare it with what they published, or run"
        yield "    verify.py --key PUBLIC_KEY with the key that you had from them."
    yield "  - That the heads are the ones that everybody saw. Compare heads.json with a head that was"
    yield "    exported at the time: whoever has both ledger and key could sign another history."
    yield "  - That there are no other acts of this person: these are there, but they may not be all."
    yield "  - That what was recorded was true when it was recorded. Each act says how it was proved."
    yield "  - The codes (MAC) in events.json: only the organisation's secret key checks them."
    yield "  - This program itself: a changed copy can say anything. Use one from a source that you trust:"
    yield "    python trusted/verify.py FOLDER"
    yield ""
    yield "Signed with:"
    yield from (f"  {name}: {public}" for name, public in sorted(report.keys.items()))


def _key(text: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError("a public key has 64 hex digits")
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks an evidence pack that Sayso made.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    whose = "the organisation's public key, 64 hex digits; again for one that it had before"
    parser.add_argument("--key", action="append", type=_key, default=[], metavar="PUBLIC_KEY", help=whose)
    arguments = parser.parse_args()
    report = check(arguments.folder, arguments.key)
    print("\n".join(told(report, is_key_known=bool(arguments.key))))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
