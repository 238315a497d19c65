"""What a verification says: of an honest ledger, of one that was cut off or rewritten, and how it says it."""

import itertools
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from optins.consent import recording, sealing
from optins.consent.seals import SignedHead
from optins.consent.verification import Checked, Finding, leaves, records, verify, waiting
from optins.models import ConsentEvent, ConsentRecord, Evidence, HeadExport, Seal, SealedEvent
from tests.proof.tampering import let_in
from tests.signals import NOW, REMINDERS, TIPS, no, record_all, word, yes


@pytest.fixture
def tell(capsys):
    """Runs the command; gives its exit status and what it printed, read as JSON where that was asked for."""

    def tell(*arguments):
        try:
            call_command("verify_ledger", *arguments)
            status = 0
        except SystemExit as end:
            status = end.code
        printed = capsys.readouterr().out
        return status, json.loads(printed) if "--json" in arguments else printed

    return tell


@pytest.fixture
def head_file(tmp_path, recorded, seal):
    """A head that was exported when five events were sealed."""
    path = tmp_path / "head.jsonl"
    path.write_text(SignedHead.of(seal()).line + "\n\n")
    return path


def kinds():
    return [(str(each.kind), each.id) for each in verify(now=NOW) if isinstance(each, Finding)]


def cut_off(last):
    """Remove the newest events with all that refers to them, heads too, so that what is left is sound."""
    let_in()
    gone = list(SealedEvent.objects.order_by("-position").values_list("event", flat=True)[:last])
    size = SealedEvent.objects.count() - last
    HeadExport.objects.all()._raw_delete("default")
    Seal.objects.filter(size__gt=size)._raw_delete("default")
    SealedEvent.objects.filter(position__gte=size)._raw_delete("default")
    Evidence.objects.filter(event__in=gone)._raw_delete("default")
    contacts = {event.contact for event in ConsentEvent.objects.filter(pk__in=gone)}
    ConsentRecord.objects.filter(contact__in=contacts)._raw_delete("default")
    ConsentEvent.objects.filter(pk__in=gone)._raw_delete("default")
    for contact in contacts:
        recording.rebuild(contact)


def test_an_honest_ledger_is_told_with_what_is_not_sealed_yet(recorded, stranger, seal, tell):
    seal()
    record_all(recorded, no("d", 9))
    status, answer = tell("--json")
    assert status == 0
    assert answer == {
        "ok": True,
        "organisations": [
            {"organisation": "riverside-clinic", "sealed": 5, "heads": 1, "unsealed": 1,
             "oldest_unsealed": NOW.isoformat()},
            {"organisation": "hillside", "sealed": 0, "heads": 0, "unsealed": 0, "oldest_unsealed": None},
        ],
        "findings": [],
        "notes": [],
        "exported_heads": {"compared": 0, "left_out": 0},
    }  # fmt: skip
    assert tell("--organisation", "hillside") == (
        0,
        "hillside: 0 events under 0 heads\nNothing was altered.\n",
    )
    with pytest.raises(CommandError, match="no such organisation"):
        tell("--organisation", "nowhere")


def test_the_last_events_cut_off_with_their_head_are_found_by_an_exported_head_alone(
    recorded, seal, head_file, tell
):
    record_all(recorded, yes("more", 2, digits="27820000303"))
    assert seal().size == 7
    assert tell("--head", str(head_file))[0] == 0
    newer = head_file.with_name("newer.jsonl")
    newer.write_text(SignedHead.of(Seal.objects.get(size=7)).line)
    cut_off(last=2)
    assert tell("--json")[0] == 0
    assert tell("--head", str(head_file))[0] == 0
    status, answer = tell("--head", str(newer), "--json")
    assert (status, [f["kind"] for f in answer["findings"]]) == (1, ["ledger_cut_off"])
    assert "covers 7 events, here are 5" in answer["findings"][0]["text"]
    # Whoever has the keys as well seals something else in their place.
    record_all(recorded, word("other", 3, digits="27820000404"))
    assert seal().size == 7
    assert tell("--json")[0] == 0
    status, printed = tell("--head", str(newer))
    assert status == 1
    assert "ledger was rewritten" in printed
    assert printed.endswith("ALTERED: 1 findings.\n")


def test_an_exported_head_must_be_ours_and_of_an_organisation_that_is_there(
    recorded, head_file, tell, settings
):
    line = head_file.read_text().strip()
    head_file.write_text(line.replace('"size":5', '"size":4'))
    assert tell("--head", str(head_file), "--json")[1]["findings"][0]["kind"] == "head_unknown"
    head_file.write_text(line.replace("riverside-clinic", "riverside-hospital"))
    assert tell("--head", str(head_file), "--json")[1]["findings"][0]["kind"] == "ledger_cut_off"
    with pytest.raises(CommandError, match="No such file"):
        tell("--head", str(head_file.with_name("none")))


@pytest.mark.parametrize("text", ["", "\n \n", "nothing of the kind", '{"head": {"size": 4', "\x00"])
def test_a_file_without_a_head_is_no_comparison(head_file, tell, text):
    head_file.write_text(text)
    with pytest.raises(CommandError, match="no head in it to compare with"):
        tell("--head", str(head_file))


def test_a_file_with_heads_of_others_alone_is_none_either(head_file, stranger, tell):
    with pytest.raises(CommandError, match="no head in it to compare with"):
        tell("--head", str(head_file), "--organisation", "hillside")
    assert tell("--head", str(head_file), "--organisation", "riverside-clinic")[0] == 0


def test_a_line_that_a_crash_cut_short_is_left_out_and_said_and_the_others_are_compared(
    recorded, seal, head_file, tell, capsys
):
    (line,) = head_file.read_text().split()
    record_all(recorded, no("d", 9))
    newer = SignedHead.of(seal()).line
    head_file.write_bytes(f"{line[:60]}\n{line}\n{newer}\n".encode() + b'{"head": "\xff')
    status, answer = tell("--head", str(head_file), "--json")
    assert (status, answer["exported_heads"]) == (0, {"compared": 2, "left_out": 2})
    call_command("verify_ledger", "--head", str(head_file))
    told = capsys.readouterr()
    assert "Compared with 2 exported heads" in told.out
    assert [said.split(": ")[1][:6] for said in told.err.splitlines()] == ["line 1", "line 4"]
    cut_off(last=1)
    assert tell("--head", str(head_file), "--json")[1]["findings"][0]["kind"] == "ledger_cut_off"


def test_an_event_inserted_before_it_is_sealed_is_found_by_its_mac_also_afterwards(recorded, seal):
    event = ConsentEvent.objects.filter(kind="given").first()
    event.pk, event.key = ConsentEvent._meta.pk.get_default(), "0" * 64
    event.save(force_insert=True)
    recording.rebuild(event.contact)
    assert ("event_inserted", str(event.pk)) in kinds()
    seal()
    assert ("event_changed", str(event.pk)) in kinds()


def test_a_record_that_is_not_the_fold_is_named_and_a_purpose_made_later_needs_none(recorded):
    contact = ConsentRecord.objects.first().contact
    recorded.organisation.purposes.create(key="later", titles={"en": "later"}, category="utility")
    assert kinds() == []
    ConsentRecord.objects.filter(contact=contact, purpose__key=TIPS).update(stop=None)
    ConsentRecord.objects.filter(contact=contact, purpose__key=REMINDERS).delete()
    assert kinds() == [
        ("record_differs", f"{contact.uuid}/{REMINDERS}"),
        ("record_differs", f"{contact.uuid}/{TIPS}"),
    ]
    recording.rebuild(contact)
    assert kinds() == []


def test_it_reads_in_chunks_whatever_their_size(recorded, seal, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 2)
    for module in (leaves, waiting, records):
        monkeypatch.setattr(module, "CHUNK", 1)
    seal()
    seal()
    (checked,) = [each for each in verify(now=timezone.now()) if isinstance(each, Checked)]
    assert (checked.sealed, checked.heads, checked.unsealed) == (4, 2, 1)
    assert kinds() == []


@pytest.mark.parametrize("chunk", [1, 1000])
def test_it_may_run_while_others_record_and_seal(recorded, seal, monkeypatch, chunk):
    """Between what it reads of the leaves and what it reads of the heads, and before the first of all."""
    read, turns = leaves._Walk._read, iter(range(7))

    def meanwhile(walk, last):
        found = read(walk, last)
        for turn in itertools.islice(turns, 1):
            record_all(recorded, no(f"meanwhile {turn}", 10 + turn))
            seal()
        return found

    monkeypatch.setattr(leaves._Walk, "_read", meanwhile)
    monkeypatch.setattr(leaves, "CHUNK", chunk)
    assert kinds() == []
    assert Seal.objects.count() > 2
    assert kinds() == []
