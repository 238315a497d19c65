"""Evidence packs: they hold all that proves one person's choices, verify offline, and refuse any change."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config.supervisor import ROOT
from optins.consent import evidence_pack, merkle, requests, signing, wording
from optins.consent.evidence_pack import verify
from optins.consent.evidence_pack.tree import Tree
from optins.models import CaptureChannel, Contact, Evidence, Organisation, Placement, Purpose, SealLease
from tests.clinic import SIPHO, THANDI
from tests.consenting import done
from tests.desk.conftest import Agent
from tests.proof.packs import TIPS, asked, names, pack_of, refused, run_alone, unzipped
from tests.proof.packs import thandi as thandi
from tests.proof.people import agree, contact_of

pytestmark = pytest.mark.once


def test_a_pack_holds_everything_and_verifies_where_nothing_of_the_project_is(clinic, thandi, tmp_path):
    folder = pack_of(thandi, tmp_path / "pack")
    found = names(folder)
    assert {"index.html", "README.txt", "record.jsonld", "events.json", "proofs.json", "heads.json",
            "verify.py", "manifest.json", "manifest.sig"} <= found  # fmt: skip
    assert (
        sum(name.startswith("evidence/") for name in found)
        == Evidence.objects.filter(event__contact=thandi).count()
    )
    alone = run_alone(folder)
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert alone.stderr == ""
    for line in (
        "All of it holds.",
        "5 acts are on record",
        "5 of them are in the ledger that the heads sign",
        "2 signed heads",
        "What this does not prove:",
        signing.public_hex("test"),
    ):
        assert line in alone.stdout
    assert names(folder) == found, "it wrote nothing"
    reach = "import sys, importlib.util; print(importlib.util.find_spec('optins'), sys.path)"
    words = [sys.executable, "-I", "-c", reach]
    told = subprocess.run(words, cwd=folder, env={}, capture_output=True, text=True, check=True).stdout
    assert told.startswith("None")
    assert str(ROOT) + "'" not in told


def test_what_is_in_it_is_about_one_person_in_the_exact_words_and_says_how_it_was_proved(
    clinic, thandi, tmp_path
):
    folder = pack_of(thandi, tmp_path / "pack")
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert SIPHO.encode() not in everything
    assert contact_of(SIPHO).uuid.hex not in everything.decode().replace("-", "")
    page = (folder / "index.html").read_text()
    for words in (
        "+27 82 000 0101",
        "Agreed: appointment reminders",
        "Stopped: everything",
        "By the person&#x27;s own message",
        "Yes, Riverside Clinic may send me health tips on WhatsApp.",
        "Riverside Community Clinic NPC",
        "yes, as number 1 of the ledger",
    ):
        assert words in page, words
    assert "<script" not in page
    assert "http-equiv" not in page
    shown = json.loads(next(folder.glob("wording/*.json")).read_text())
    assert shown["purposes"][TIPS] == "Yes, Riverside Clinic may send me health tips on WhatsApp."


def test_there_is_a_page_in_the_persons_language_and_it_is_the_first_of_their_own_copy(
    clinic, thandi, tmp_path
):
    thandi.language = "zu"
    thandi.save()
    full, own = pack_of(thandi, tmp_path / "full"), pack_of(thandi, tmp_path / "own", for_person=True)
    theirs = (full / "index.zu.html").read_text()
    for words in (
        '<html lang="zu" dir="ltr">',
        "Okurekhodiwe ngawe, nokukufakazelayo",
        "Kumisiwe: konke",
        "Kufakazelwe ngomlayezo wakho",
        "Kufakwe uphawu njengenombolo 1 yerejista.",
        "Yes, Riverside Clinic may send me health tips on WhatsApp.",
        "Riverside Community Clinic NPC",
    ):
        assert words in theirs, words
    assert "What one person agreed to" in (full / "index.html").read_text()
    assert "What one person agreed to" in (own / "index.en.html").read_text()
    assert "Le yikhophi yakho." in (own / "index.html").read_text()
    assert "kushiywe ngaphandle" in (own / "index.html").read_text()
    assert (refused(full), refused(own)) == ([], [])


def test_the_persons_own_copy_leaves_out_what_staff_wrote_and_says_so(clinic, thandi, tmp_path):
    full, own = pack_of(thandi, tmp_path / "full"), pack_of(thandi, tmp_path / "own", for_person=True)
    assert any(b"Zodwa" in path.read_bytes() for path in full.glob("evidence/*"))
    assert not any(b"Zodwa" in path.read_bytes() for path in own.rglob("*") if path.is_file())
    report = verify.check(own)
    assert report.wrong == []
    assert "1 pieces of evidence were left out, because they may name others." in report.notes
    assert "left out, it may name others" in (own / "index.html").read_text()


def holding(folder, words):
    return {path.name for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()}


def test_the_persons_own_copy_holds_nothing_that_a_call_centre_a_desk_or_a_file_said_of_them(
    clinic, tmp_path
):
    """What others wrote names others, also where they say that the person did it, and came by their code."""
    note = {"evidence": {"note": "told by his wife Zodwa, who has TB"}}
    done(clinic, {"phone": f"+{SIPHO}", "action": "withdraw"} | note)
    code = Agent(clinic).capture(TIPS, number=f"+{SIPHO}", noted="Reception, with sister Zodwa")
    clinic.write(code, person=SIPHO)
    clinic.write("STOP", person=SIPHO, id="wamid.in-his-own-words")
    sipho = contact_of(SIPHO)
    full, own = pack_of(sipho, tmp_path / "full"), pack_of(sipho, tmp_path / "own", for_person=True)
    assert len(holding(full, b"Zodwa")) == 3
    assert holding(own, b"Zodwa") == set()
    assert any(name.endswith("-act.json") for name in holding(own, b"wamid.in-his-own-words"))
    assert refused(own) == []
    shown = Evidence.objects.filter(event__contact=sipho, part="shown").count()
    assert len(list(own.glob("evidence/*-shown.json"))) == shown


def test_what_somebody_filled_in_for_their_own_number_is_not_in_the_copy_of_whoever_sent_the_code(
    clinic, tmp_path
):
    Organisation.objects.update(ip_policy="full")
    shown, purposes = wording.translation(clinic.tap.notice, "en"), [clinic.purposes[TIPS]]
    hers = {"typed_number": f"+{THANDI}", "filled_in": {"name": "Mokoena"}, "address": "203.0.113.77"}
    opened = requests.open_request(clinic.tap, shown, purposes, now=timezone.now(), **hers)
    clinic.write(opened.sentence, person=SIPHO)
    clinic.tap_button("Yes", person=SIPHO)
    clinic.write(opened.sentence)
    for person, is_named in ((SIPHO, False), (THANDI, True)):
        assert clinic.gate(TIPS, phone=f"+{person}")["decision"] == "allow"
        own = pack_of(contact_of(person), tmp_path / person, for_person=True)
        assert bool(holding(own, b"Mokoena")) == is_named
        assert bool(holding(own, b"203.0.113.77")) == is_named


def test_no_name_title_or_word_becomes_a_part_of_a_page(clinic, tmp_path):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    for model in (Organisation, CaptureChannel, Placement):
        names = {field.name for field in model._meta.fields} & {"name", "legal_name", "contact", "label"}
        model.objects.update(**dict.fromkeys(names, evil))
    Purpose.objects.update(titles={"en": evil, "zu": evil})
    clinic._publish("en", **dict.fromkeys(("title", "body", "stop", "privacy", "details"), evil))
    clinic.write(clinic.choose(TIPS, at=timezone.now()).split()[-1], id=f"wamid.{evil}")
    thandi = contact_of()
    Contact.objects.update(language="zu")
    thandi.refresh_from_db()
    folder = pack_of(thandi, tmp_path / "pack")
    assert refused(folder) == []
    pages = list(folder.rglob("*.html"))
    assert len(pages) == 3
    for page in pages:
        text = page.read_text()
        assert "&lt;script&gt;" in text
        assert "<script" not in text
        assert "<img" not in text


def test_evidence_that_is_no_longer_kept_is_told_and_refuses_nothing(clinic, thandi, tmp_path):
    Evidence.objects.filter(event__contact=thandi, part="act").delete()
    report = verify.check(pack_of(thandi, tmp_path / "pack"))
    assert report.wrong == []
    assert any("are no longer kept" in note for note in report.notes)


def test_acts_that_could_not_be_sealed_yet_are_named(clinic, tmp_path):
    thandi = agree(clinic, TIPS)
    later = timezone.now() + timedelta(minutes=1)
    SealLease.objects.create(organisation=clinic.organisation, leased_until=later)
    folder = pack_of(thandi, tmp_path / "pack")
    report = verify.check(folder)
    assert report.wrong == []
    assert "1 of the acts were not yet sealed: nothing signed covers them yet." in report.notes
    assert "not yet" in (folder / "index.html").read_text()
    SealLease.objects.update(leased_until=None)
    assert verify.check(pack_of(thandi, tmp_path / "later")).notes == []


# Proofs


@given(st.integers(1, 70), st.data())
def test_the_trees_proofs_are_those_of_the_rfc_and_verify_py_takes_them(size, data):
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    tree, root = Tree(leaves), merkle.root(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert tree.inclusion_proof(index) == merkle.inclusion_proof(leaves, index)
    assert tree.consistency_proof(old) == merkle.consistency_proof(leaves, old)
    path, grown = tree.inclusion_proof(index), tree.consistency_proof(old)
    assert verify.is_included(leaves[index], index, size, path, root)
    assert verify.is_consistent(old, size, grown, merkle.root(leaves[:old]), root)
    assert not verify.is_included(leaves[index], (index + 1) % (size + 1), size, path, root) or size == 1
    assert not verify.is_consistent(old, size, grown, merkle.EMPTY, root)
    assert not verify.is_included(merkle.EMPTY, index, size, path, root)


def test_many_packs_are_one_stream_that_never_holds_more_than_one(clinic, thandi, tmp_path):
    contacts, made = [thandi, contact_of(SIPHO)], []
    request = asked(clinic.organisation)

    def noted():
        for name, data in evidence_pack.packs(contacts, request):
            made.append(name)
            yield name, data

    stream = evidence_pack.streamed(noted(), request.now)
    first = next(stream)
    assert len(made) == 1
    folder = unzipped(b"".join([first, *stream]), tmp_path / "all")
    assert {path.name for path in folder.iterdir()} == {f"{contact.uuid}.zip" for contact in contacts}
    for path in list(folder.iterdir()):
        assert refused(unzipped(path.read_bytes(), tmp_path / path.stem)) == []
    assert THANDI not in "".join(path.name for path in folder.iterdir())
