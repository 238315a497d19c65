"""Packs and receipts for staff: with permission, with a reason, noted; and the command for the same."""

import io
import re
import stat
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from channels_capture import placements
from optins.models import AuditEntry, ConsentRequest, Contact, OutboundMessage
from tests.clinic import SIPHO, THANDI
from tests.people.conftest import text_of
from tests.proof.packs import refused, unzipped
from tests.proof.people import agree

WHY = {"reason": "The regulator asks, case 12."}


@pytest.fixture
def thandi(clinic):
    return agree(clinic, "health-tips")


def address(name, row):
    return reverse(f"admin:optins_{name}", args=[row.pk])


def content_of(answer):
    return b"".join(answer) if answer.streaming else answer.content


def test_staff_see_the_receipt_as_the_person_does_without_their_link_and_it_is_noted(thandi, owner):
    page = owner.get(address("contact_change", thandi))
    assert address("contact_receipt", thandi) in page.content.decode()
    answer = owner.get(address("contact_receipt", thandi))
    assert "You said yes on" in text_of(answer)
    assert "/m/" not in answer.content.decode()
    assert "receipt.json" not in answer.content.decode()
    assert AuditEntry.objects.filter(action="viewed", detail={"what": "receipt"}).count() == 1
    sent = OutboundMessage.objects.get()
    assert "/m/" in sent.text
    for reading in (address("contact_change", thandi), address("outboundmessage_change", sent)):
        shown = owner.get(reading).content.decode()
        assert "Your choices, with a receipt: http://testserver/m/…/" in shown
        assert not re.search(r"/m/\w", shown)


def test_a_pack_is_given_for_a_reason_which_is_noted_before_it_leaves(thandi, owner, tmp_path):
    asked = owner.post(address("contact_pack", thandi), {"copy": "anyone", "reason": ""})
    assert "Say why: a pack leaves" in text_of(asked)
    assert not AuditEntry.objects.filter(action="exported").exists()
    answer = owner.post(address("contact_pack", thandi), {"copy": "person", **WHY})
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    assert THANDI[2:] not in answer["Content-Disposition"]
    assert refused(unzipped(content_of(answer), tmp_path)) == []
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.object_id, entry.reason) == (str(thandi.pk), WHY["reason"])
    assert entry.detail == {"what": "evidence pack", "copy": "person"}


def test_only_who_may_see_evidence_gets_a_pack(thandi, staff):
    for role, allowed in {"auditor": 200, "reviewer": 200, "manager": 403, "viewer": 403}.items():
        assert staff(role).get(address("contact_pack", thandi)).status_code == allowed, role
        page = staff(role).get(address("contact_change", thandi)).content.decode()
        assert ("Evidence pack" in page) is (allowed == 200)


def test_a_channels_packs_are_those_of_everybody_whose_acts_it_asked_for(
    clinic, thandi, owner, staff, tmp_path
):
    poster = placements.add(clinic.tap, label="Poster")
    agree(clinic, "health-tips", person=SIPHO, channel=clinic.web)
    page = owner.get(address("capturechannel_change", clinic.tap)).content.decode()
    assert address("capturechannel_packs", clinic.tap) in page
    assert "each of the 1 person whose" in text_of(owner.get(address("capturechannel_packs", clinic.tap)))
    answer = owner.post(address("capturechannel_packs", clinic.tap), WHY)
    assert answer.streaming
    assert "no-store" in answer["Cache-Control"]
    (name,) = zipfile.ZipFile(io.BytesIO(content_of(answer))).namelist()
    assert name == f"{thandi.uuid}.zip"
    empty = owner.post(address("capturechannel_packs", clinic.tap), WHY | {"source": poster.pk})
    assert zipfile.ZipFile(io.BytesIO(content_of(empty))).namelist() == []
    details = AuditEntry.objects.filter(action="exported").order_by("pk").values_list("detail", flat=True)
    assert [detail["people"] for detail in details] == [1, 0]
    assert staff("reviewer").post(address("capturechannel_packs", clinic.tap), WHY).status_code == 403


def test_a_campaigns_packs_are_those_of_its_sources_on_every_channel_and_of_no_other_organisation(
    clinic, stranger, thandi, owner
):
    poster = placements.add(clinic.tap, label="Poster", campaign="Spring 2027")
    desk = placements.add(clinic.web, label="Counter", campaign="Spring 2027")
    foreign = placements.add(stranger.channel, label="Poster", campaign="Hill walk")
    agree(clinic, "health-tips", person=SIPHO, channel=clinic.web)
    ConsentRequest.objects.filter(channel=clinic.web).update(placement=desk)
    page = owner.get(address("placement_change", poster)).content.decode()
    url = reverse("admin:optins_placement_packs")
    key = f"{clinic.organisation.pk}/Spring 2027"
    assert f"{url}?campaign={clinic.organisation.pk}/Spring%202027" in page
    asked = owner.get(url, {"campaign": key})
    assert "Spring 2027" in text_of(asked)
    assert "Hill walk" not in text_of(asked)
    answer = owner.post(url, {"campaign": key, **WHY})
    assert answer.streaming
    (name,) = zipfile.ZipFile(io.BytesIO(content_of(answer))).namelist()
    assert name != f"{thandi.uuid}.zip"
    assert "evidence-spring-2027-" in answer["Content-Disposition"]
    entry = AuditEntry.objects.get(action="exported")
    assert entry.detail == {"what": "evidence packs", "campaign": "Spring 2027", "people": 1}
    refused_one = owner.post(url, {"campaign": f"{stranger.organisation.pk}/{foreign.campaign}", **WHY})
    assert "Select a valid choice" in text_of(refused_one)


# The command


def run(tmp_path, *words):
    out = tmp_path / "pack.zip"
    call_command("evidence_pack", *words, "--out", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    out.chmod(0o644)  # for the next one, if it is written over this
    return unzipped(out.read_bytes(), tmp_path / f"from-{len(list(tmp_path.iterdir()))}")


def test_the_command_finds_a_person_by_id_or_number_and_is_noted_in_the_audit(
    thandi, owner, stranger, tmp_path
):
    for written in (str(thandi.uuid), "+27820000101", "082 000 0101"):
        folder = run(tmp_path, written, "--for-person")
        assert refused(folder) == []
        assert str(thandi.uuid) in (folder / "manifest.json").read_text()
    run(tmp_path, str(thandi.uuid), "--reason", "Case 12, +27 82 000 0101.")
    *_, entry = AuditEntry.objects.filter(action="exported").order_by("pk")
    by = {"what": "evidence pack", "by": "manage.py evidence_pack"}
    assert (entry.user, entry.object_id, entry.reason) == (None, str(thandi.pk), "Case 12, ….")
    assert entry.detail == by | {"copy": "anyone"}
    assert AuditEntry.objects.filter(user=None, detail__copy="person").count() == 3
    assert "A command on the server" in text_of(owner.get(reverse("admin:optins_auditentry_changelist")))


def test_the_command_packs_a_channel_a_source_and_a_campaign(clinic, thandi, tmp_path):
    poster = placements.add(clinic.tap, label="Poster", campaign="Spring")
    (name,) = run(tmp_path, "--channel", clinic.tap.slug).iterdir()
    assert name.name == f"{thandi.uuid}.zip"
    call_command("evidence_pack", "--placement", poster.code.lower(), "--out", str(tmp_path / "none.zip"))
    assert zipfile.ZipFile(tmp_path / "none.zip").namelist() == []
    ConsentRequest.objects.update(placement=poster)
    (name,) = run(tmp_path, "--campaign", "Spring").iterdir()
    assert name.name == f"{thandi.uuid}.zip"


def test_the_command_says_what_is_wrong(clinic, thandi, stranger, tmp_path):
    for words, said in {
        ("+27820000999",): "Nobody is known",
        ("nobody",): "neither an id nor a number",
        (str(thandi.uuid), "--organisation", "no-such"): "no such organisation",
        (str(thandi.uuid), "--organisation", stranger.organisation.slug): "Nobody is known",
        ("--channel", "no-such"): "no such channel",
        ("--placement", "NOSUCH"): "no such source",
        ("--campaign", "No such"): "no such campaign",
    }.items():
        with pytest.raises(CommandError, match=said):
            run(tmp_path, *words)
    other = Contact.objects.create(organisation=stranger.organisation)
    other.identifiers.create(organisation=stranger.organisation, scheme="phone", value=f"+{THANDI}")
    with pytest.raises(
        CommandError, match=f"Several are known by it.*hillside .{other.uuid}.*riverside-clinic"
    ):
        run(tmp_path, f"+{THANDI}")
    assert not (tmp_path / "pack.zip").exists()
    assert refused(run(tmp_path, f"+{THANDI}", "--organisation", "riverside-clinic")) == []
