"""Who signed a pack: before and after a key was changed, with a stolen one, and a stranger."""

import hashlib
import json
import secrets
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from optins.consent import sealing, signing
from optins.consent.evidence_pack import verify
from tests.proof.packs import pack_of, refused, run_alone
from tests.proof.people import agree, contact_of

pytestmark = pytest.mark.once

TIPS = "health-tips"
RETURNED = "The key test signed again, long after the organisation had replaced it."


@pytest.fixture
def rotated(clinic, settings):
    """A yes sealed with the first key, and a stop with the one that came after it."""
    agree(clinic, TIPS, ago=30)
    sealing.seal(clinic.organisation, timezone.now())
    rotate(settings)
    clinic.write("STOP", at=timezone.now() - timedelta(minutes=2))
    sealing.seal(clinic.organisation, timezone.now())
    return clinic


def rotate(settings, name="2027"):
    settings.SIGNING_KEYS = [f"{name}:{secrets.token_hex(32)}", *settings.SIGNING_KEYS]


def sign(folder, key, name):
    """Sign the pack as it lies there, with another key."""
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest |= {"key_id": name, "public_key": key.public_key().public_bytes_raw().hex()}
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    manifest["files"] = {
        each: hashlib.sha256(path.read_bytes()).hexdigest()
        for each, path in files.items()
        if each not in (verify.MANIFEST, verify.SIGNATURE)
    }
    data = json.dumps(manifest).encode()
    (folder / verify.MANIFEST).write_bytes(data)
    signed = key.sign(verify.PACK + hashlib.sha256(data).hexdigest().encode())
    (folder / verify.SIGNATURE).write_text(f"{signed.hex()}\n")


def test_after_a_new_key_it_alone_is_enough_and_what_the_old_one_signed_is_told(rotated, tmp_path):
    folder = pack_of(contact_of(), tmp_path / "pack")
    old, new = signing.public_hex("test"), signing.public_hex("2027")
    alone = run_alone(folder, "--key", new)
    assert alone.returncode == 0, alone.stdout
    assert "When the head over 1 events was signed. Its key, test, is none that you gave" in alone.stdout
    both = run_alone(folder, "--key", new, "--key", old.upper())
    assert (both.returncode, "is none that you gave" in both.stdout) == (0, False)
    only_old = run_alone(folder, "--key", old)
    assert only_old.returncode == 1
    assert "Another key than the one you gave signed the pack: 2027." in only_old.stdout
    assert refused(folder) == []


def test_while_nothing_was_sealed_with_the_new_key_both_have_to_be_given(clinic, tmp_path, settings):
    agree(clinic, TIPS)
    sealing.seal(clinic.organisation, timezone.now())
    rotate(settings)
    folder = pack_of(contact_of(), tmp_path / "pack")
    old, new = signing.public_hex("test"), signing.public_hex("2027")
    assert "signed its newest head: test. If the organisation had it before" in str(refused(folder, new))
    assert refused(folder, new, old) == []
    assert any("nothing new was sealed since" in note for note in verify.check(folder).notes)


def test_a_key_that_is_no_key_is_not_taken(rotated, tmp_path):
    folder = pack_of(contact_of(), tmp_path / "pack")
    for key in ("", "zz" * 32, "00", signing.public_hex("2027")[:-1]):
        told = run_alone(folder, "--key", key)
        assert (told.returncode, "a public key has 64 hex digits" in told.stderr) == (2, True)


def test_a_stolen_key_cannot_sign_a_head_or_a_pack_long_after_it_was_replaced(rotated, tmp_path, settings):
    new, old = settings.SIGNING_KEYS
    thief, later = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(old[5:])), timedelta(hours=2)
    settings.SIGNING_KEYS = [new]
    settings.RETIRED_PUBLIC_KEYS = [f"test:{thief.public_key().public_bytes_raw().hex()}"]
    folder = pack_of(contact_of(), tmp_path / "again")
    manifest = json.loads((folder / verify.MANIFEST).read_text())
    manifest["made_at"] = (timezone.now() + later).isoformat()
    (folder / verify.MANIFEST).write_text(json.dumps(manifest))
    sign(folder, thief, "test")
    assert refused(folder) == [RETURNED]
    settings.SIGNING_KEYS = [old]
    agree(rotated, TIPS, ago=1)
    sealing.seal(rotated.organisation, timezone.now() + later)
    settings.SIGNING_KEYS = [new]
    assert refused(pack_of(contact_of(), tmp_path / "head")) == [RETURNED]


def test_programs_with_the_old_settings_may_sign_for_an_hour_while_they_are_restarted(
    rotated, tmp_path, settings
):
    settings.SIGNING_KEYS = settings.SIGNING_KEYS[::-1]
    agree(rotated, TIPS, ago=1)
    sealing.seal(rotated.organisation, timezone.now() + timedelta(minutes=50))
    assert refused(pack_of(contact_of(), tmp_path / "pack")) == []


def test_a_pack_that_a_stranger_signed_anew_is_refused_by_whoever_has_the_key(clinic, tmp_path):
    agree(clinic, TIPS)
    key, stranger = signing.public_hex("test"), Ed25519PrivateKey.generate()
    folder = pack_of(contact_of(), tmp_path / "pack")
    sign(folder, stranger, "test")
    assert refused(folder) == ["Two different keys are called test."]
    sign(folder, stranger, "2027")
    assert "Another key than the one you gave signed the pack: 2027" in str(refused(folder, key))
    told = run_alone(folder)
    assert told.returncode == 0, "without the key nobody can tell, and it says so"
    for words in (
        "That the key is the organisation's",
        "Why the key 2027 signed the pack, and test its",
    ):
        assert words in told.stdout
