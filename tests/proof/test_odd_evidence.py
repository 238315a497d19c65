"""Evidence of any shape: others send what they like, and whoever changes ours may leave anything behind."""

import itertools
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import JSONField, Value
from django.urls import reverse
from django.utils import timezone

from optins.consent import sealing
from optins.consent.evidence_pack import verify as stranger
from optins.consent.verification import Finding, verify
from optins.models import ConsentEvent, Evidence, InboundDelivery
from tests.consenting import done
from tests.desk.conftest import JPEG, Agent
from tests.proof.packs import pack_of, refused
from tests.proof.people import contact_of
from tests.proof.tampering import let_in
from tests.signals import no, record_all, undone, yes
from tests.signing_in import signed_in

DIGEST = "0" * 64
# What looks like the photo of a form, or nearly so.
LOOK_ALIKES = [
    {"desk": "front"},
    {"desk": ["front"]},
    {"desk": {"file": "scan.pdf"}},
    {"desk": {"file": {"sha256": DIGEST, "media_type": "image/jpeg"}}},
    {"file": "scan-12.pdf"},
    {"file": 5},
    {"file": ["a"]},
    {"file": {"name": "scan.pdf"}},
    {"file": {"sha256": DIGEST, "media_type": "image/jpeg"}},
    {"file": {"sha256": [DIGEST]}},
]
# What SQLite lets stand in a column of any type.
ODD = ["x", '{"a": "\\ud800"}', "[" * 900 + "]" * 900, "\u00e9", b"\xff"]
NO_DICTIONARIES = [["x"], "x", 5, 1.5, True, None, [], {}, [[["x"]]]]


def findings():
    found = [each for each in verify(now=timezone.now()) if isinstance(each, Finding) and each.is_problem]
    return [(str(each.kind), each.id) for each in found]


def person_page(contact):
    return signed_in("owner").get(reverse("admin:optins_contact_change", args=[contact.pk]))


def test_what_others_send_is_no_photo_of_ours_whatever_it_looks_like(clinic, tmp_path):
    for evidence in LOOK_ALIKES:
        done(clinic, {"evidence": {"page": "/join"} | evidence})
    assert findings() == []
    report = stranger.check(pack_of(contact_of(), tmp_path / "pack"))
    assert report.wrong == []
    assert not any("photos" in note for note in report.notes)
    assert person_page(contact_of()).status_code == 200


def test_evidence_that_became_something_else_is_named_and_every_page_still_opens(clinic, tmp_path):
    agent = Agent(clinic)
    clinic.write(agent.capture("health-tips", number="082 000 0101", file=SimpleUploadedFile("a", JPEG)))
    let_in()
    for number, payload in enumerate(NO_DICTIONARIES):
        Evidence.objects.update(payload=Value(payload, JSONField()))
        assert {kind for kind, _id in findings()} == {"evidence_changed"}
        assert len(findings()) == Evidence.objects.count()
        wrong = refused(pack_of(contact_of(), tmp_path / str(number)))
        assert "is not the evidence that its act names" in str(wrong)
    assert "does not fit the digest" in person_page(contact_of()).content.decode()
    for event in ConsentEvent.objects.all():
        address = reverse("admin:optins_consentevent_file", args=[event.pk])
        assert signed_in("owner").get(address).status_code == 404


def test_a_stop_counts_whatever_became_of_the_evidence_of_the_yes_before_it(clinic):
    clinic.write(clinic.choose("health-tips"))
    let_in()
    before = timezone.now() - timedelta(minutes=1)  # by a clock that is behind ours
    for payload in ({"sent_at": ["x"]}, {"sent_at": "x"}, {"sent_at": "2026-01-01"}, {"sent_at": 5}, ["x"]):
        Evidence.objects.update(payload=payload)
        clinic.write("STOP", at=before)
        assert ConsentEvent.objects.latest("recorded_at").kind == "withdrawn"
        before += timedelta(seconds=1)
    assert InboundDelivery.objects.exclude(state="done").count() == 0


def put(table, column, text, key):
    """Past types and checks, which SQLite lets whoever has the file do."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = 1")
        name = connection.ops.quote_name("id" if table != "optins_sealedevent" else "event_id")
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {name} = %s", [text, key])  # noqa: S608
        cursor.execute("PRAGMA ignore_check_constraints = 0")


untyped = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps nothing of the kind")


@untyped
def test_evidence_that_cannot_even_be_read_is_named_and_spoils_nothing_beside_it(clinic):
    record_all(clinic, yes("a"), yes("b", digits="27820000202"))
    let_in()
    piece = Evidence.objects.order_by("pk").first()
    for text in ODD:
        put("optins_evidence", "payload", text, piece.pk)
        assert findings() == [("evidence_changed", str(piece.pk))], text


@untyped
@pytest.mark.parametrize("column", ["occurred_at", "recorded_at", "evidence_digests", "mac", "contact_id"])
def test_an_event_with_anything_in_it_is_named(clinic, column):
    """Of one that is sealed and of one that is not."""
    sealed = record_all(clinic, yes("a")).events[0]
    sealing.seal(clinic.organisation, timezone.now())
    waiting = record_all(clinic, no("b", 1, digits="27820000202")).events[0]
    let_in()
    for event, text in itertools.product((sealed, waiting), ODD):
        with undone():
            put("optins_consentevent", column, text, event.pk.hex)
            assert str(event.pk) in {id for _kind, id in findings()}, text


@untyped
@pytest.mark.parametrize(
    ("table", "columns"),
    [("seal", ["sealed_at", "frontier", "signature", "size"]), ("sealedevent", ["leaf", "position"])],
)
def test_a_seal_with_anything_in_it_is_a_finding(clinic, table, columns):
    event = record_all(clinic, yes("a")).events[0]
    seal = sealing.seal(clinic.organisation, timezone.now())
    let_in()
    for column, text in itertools.product(columns, ODD):
        with undone():
            put(f"optins_{table}", column, text, seal.pk if table == "seal" else event.pk.hex)
            assert findings(), (column, text)
