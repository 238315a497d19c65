"""Evidence packs: whatever is changed, added or missing is found, also when whoever has the key does it."""

import hashlib
import json
import os
import shutil
from random import Random

import pytest

from optins.consent import signing
from optins.consent.evidence_pack import verify
from tests.proof.packs import names, pack_of, refused, run_alone
from tests.proof.packs import thandi as thandi

pytestmark = pytest.mark.once


def test_any_byte_of_any_file_that_is_changed_added_or_missing_refuses_the_pack(clinic, thandi, tmp_path):
    folder, chance = pack_of(thandi, tmp_path / "pack"), Random(7)  # noqa: S311  which bytes to change
    assert refused(folder) == []
    for name in sorted(names(folder)):
        path, original = folder / name, (folder / name).read_bytes()
        places = {0, len(original) - 1, *(chance.randrange(len(original)) for _ in range(4))}
        changes = [_flipped(original, place, chance) for place in places]
        for changed in (*changes, original + b"\n", original[:-1], b""):
            path.write_bytes(changed)
            assert refused(folder), (name, changed[:40])
        path.unlink()
        assert refused(folder), f"without {name}"
        path.write_bytes(original)
    for extra in ("extra.txt", "evidence/extra.json", "wording/verify.py"):
        (folder / extra).write_text("{}")
        assert refused(folder), extra
        (folder / extra).unlink()
    assert refused(folder) == []


def _flipped(data, place, chance):
    return data[:place] + bytes([data[place] ^ chance.randrange(1, 256)]) + data[place + 1 :]


@pytest.mark.parametrize(
    "name",
    [".DS_Store", "forms/Thumbs.db", "wording/desktop.ini", "evidence/._x.json", "__MACOSX/._x.html"],
)
def test_what_a_computer_left_in_the_folder_is_refused_by_name_with_what_to_do(thandi, tmp_path, name):
    folder = pack_of(thandi, tmp_path / "pack")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"x")
    said = f"{name} is not of this pack: a computer left it there. Remove it and check again."
    assert said in refused(folder)
    (folder / name).unlink()
    assert refused(folder) == []


def test_a_link_to_a_file_or_a_folder_is_no_part_of_a_pack(thandi, tmp_path):
    folder = pack_of(thandi, tmp_path / "pack")
    for name, target in (("index.html", tmp_path / "elsewhere.html"), ("wording", tmp_path / "elsewhere")):
        (folder / name).rename(target)
        (folder / name).symlink_to(target)
        assert refused(folder) == [f"{name} is neither a file nor a folder."]
        (folder / name).unlink()
        target.rename(folder / name)
    os.mkfifo(folder / "pipe")
    assert refused(folder) == ["pipe is neither a file nor a folder."]


def test_a_stranger_sees_the_refusal_too(clinic, thandi, tmp_path):
    folder = pack_of(thandi, tmp_path / "pack")
    key = signing.public_hex("test")
    assert run_alone(folder, "--key", key).returncode == 0
    other = run_alone(folder, "--key", "0" * 64)
    assert (other.returncode, "Another key than the one you gave" in other.stdout) == (1, True)
    page = folder / "index.html"
    page.write_text(page.read_text().replace("Agreed", "Refused"))
    changed = run_alone(folder)
    assert changed.returncode == 1
    assert "REFUSED" in changed.stdout
    assert "index.html was changed." in changed.stdout


def forge(folder, name, change):
    """Change a file and sign the pack anew, with the organisation's own key: only the ledger can tell."""
    path = folder / name
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    data = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest().encode()
    (folder / "manifest.sig").write_text(signing.sign(verify.PACK + digest, "test") + "\n")


def _another_day(content):
    row = content["events"][0]
    row["bytes"] = row["bytes"].replace('"kind":"given"', '"kind":"refused"')


def _another_answer(content):
    content["payload"]["text"] = "No"


def _another_head(content):
    row = content["heads"][-1]
    row["bytes"] = row["bytes"].replace('"size":', '"size":1')


FORGERIES = {
    "events.json": _another_day,
    "heads.json": _another_head,
    "proofs.json": lambda content: content["proofs"][0].update(position=1),
    "record.jsonld": lambda content: content["@graph"][1]["dpv:hasConsentStatus"][0].update(
        {"sayso:kind": "x"}
    ),
    "evidence": _another_answer,
}


def test_whoever_has_the_key_still_cannot_change_what_the_ledger_sealed(clinic, thandi, tmp_path):
    whole = pack_of(thandi, tmp_path / "pack")
    for name, change in FORGERIES.items():
        folder = tmp_path / f"forged-{name}"
        shutil.copytree(whole, folder)
        found = next(folder.glob("evidence/*-act.json")).relative_to(folder) if name == "evidence" else name
        forge(folder, str(found), change)
        assert refused(folder), name
