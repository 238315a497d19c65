"""Heads leave the database: to a file and a webhook, again and again until they are out."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse
from django.utils import timezone

from optins import tasks
from optins.consent import sealing
from optins.consent.seals import SignedHead
from optins.models import HeadExport, Seal, User
from optins.sync import heads
from tests.signals import no, record_all
from tests.signing_in import signed_in


class Witness(ThreadingHTTPServer):
    """Somebody else's machine that keeps heads; ``answer`` is its status."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = 201
        self.bodies: list[tuple[str | None, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/heads"


class _Handler(BaseHTTPRequestHandler):
    server: Witness

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append((self.headers["Content-Type"], body.decode()))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def running() -> Iterator[Witness]:
    with Witness() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def witness():
    with running() as server:
        yield server


@pytest.fixture
def folder(tmp_path, settings):
    settings.HEADS_FOLDER = str(tmp_path / "heads")
    return tmp_path / "heads"


def sealed(clinic, *plans):
    record_all(clinic, *plans)
    return sealing.seal(clinic.organisation, timezone.now())


def due_again(**changes):
    HeadExport.objects.update(next_attempt_at=timezone.now(), **changes)


def test_nothing_goes_anywhere_unless_a_place_is_set(recorded):
    sealed(recorded)
    assert (tasks.export_heads(), HeadExport.objects.count()) == (0, 0)


def test_the_newest_head_goes_to_the_file_and_the_webhook_once_and_the_next_after_some_minutes(
    recorded, stranger, folder, witness, settings
):
    settings.HEADS_WEBHOOK = witness.address
    first = sealed(recorded)
    assert (tasks.export_heads(), tasks.export_heads()) == (2, 0)
    second = sealed(recorded, no("d", 9))
    assert tasks.export_heads() == 0
    HeadExport.objects.update(exported_at=timezone.now() - timedelta(minutes=settings.HEADS_EVERY_MINUTES))
    assert tasks.export_heads() == 2
    lines = (folder / "riverside-clinic.jsonl").read_text().splitlines()
    assert [SignedHead.read(line) for line in lines] == [SignedHead.of(first), SignedHead.of(second)]
    assert all(SignedHead.read(line).is_authentic for line in lines)
    assert [body for _type, body in witness.bodies] == lines
    assert {kind for kind, _body in witness.bodies} == {"application/json"}
    assert len(json.loads(lines[0])["public_key"]) == 64
    assert [path.name for path in folder.iterdir()] == ["riverside-clinic.jsonl"]


def test_a_webhook_that_fails_is_tried_again_later_and_later_and_holds_up_nothing_else(
    recorded, folder, witness, settings
):
    settings.HEADS_WEBHOOK, witness.answer = witness.address, 500
    sealed(recorded)
    assert tasks.export_heads() == 1
    row = HeadExport.objects.get(target="webhook")
    assert (row.attempts, row.last_error, row.leased_until) == (1, "The webhook answered 500.", None)
    assert row.next_attempt_at > timezone.now()
    assert (tasks.export_heads(), len(witness.bodies)) == (0, 1)
    settings.HEADS_WEBHOOK = "http://127.0.0.1:1/"
    due_again()
    tasks.export_heads()
    row.refresh_from_db()
    assert (row.attempts, row.last_error) == (2, "No answer: ConnectError")
    settings.HEADS_WEBHOOK, witness.answer = witness.address, 204
    sealed(recorded, no("d", 9))
    due_again()
    assert tasks.export_heads() == 1
    row.refresh_from_db()
    assert row.exported_at
    assert row.last_error == ""


def test_a_line_that_a_crash_cut_short_spoils_no_other_and_a_folder_that_cannot_be_written_is_said(
    recorded, folder, settings
):
    sealed(recorded)
    folder.mkdir()
    (folder / "riverside-clinic.jsonl").write_text('{"head"')
    assert tasks.export_heads() == 1
    broken, line = (folder / "riverside-clinic.jsonl").read_text().splitlines()
    assert broken == '{"head"'
    assert SignedHead.read(line).is_authentic
    settings.HEADS_FOLDER = str(folder / "riverside-clinic.jsonl")
    HeadExport.objects.update(exported_at=None, next_attempt_at=timezone.now())
    assert tasks.export_heads() == 0
    assert HeadExport.objects.get().last_error == "The folder could not be written: File exists"


def test_staff_are_told_when_heads_do_not_get_out_for_an_hour_or_nobody_seals(recorded, folder, settings):
    def tiles(role):
        page = signed_in(User.objects.get(username=role)).get(reverse("admin:index"))
        return {(row.count, row.label) for row in page.context["waiting"] if "seal" in row.url}

    assert tiles("owner") == set()
    sealed(recorded)
    seal = Seal.objects.get()
    old = Seal(**{f.attname: getattr(seal, f.attname) for f in Seal._meta.concrete_fields} | {"id": None})
    old.previous, old.size, old.sealed_at = seal, 6, timezone.now() - timedelta(hours=2)
    old.save()
    HeadExport.objects.create(seal=old, target="file", next_attempt_at=timezone.now())
    HeadExport.objects.create(seal=seal, target="webhook", next_attempt_at=timezone.now())
    assert tiles("owner") == tiles("auditor") == {(1, "head not exported")}
    assert tiles("viewer") == set()
    assert list(heads.overdue(timezone.now())) == [old]
    settings.HEADS_FOLDER = ""
    assert tiles("owner") == set()
