"""The commands in the documentation run, with the arguments shown, against the demo's clinic."""

from pathlib import Path

import pytest
from django.core.management import call_command

from channels_capture import placements
from optins.models import Contact, User
from optins.sync import heads
from tests.clinic import THANDI
from tests.documented import commands, managed
from tests.imports.files import GIVEN, STOPPED, csv_file, many

pytestmark = pytest.mark.once

# What is not run by the tests below, and why.
ELSEWHERE = {
    "./dev run": "tests/walk/ starts it as a process and walks through it",
    "./dev test": "this is it",
    "./dev bench": "takes minutes, and its figures are for a machine at rest",
    "python3 -m venv .venv": "./dev does it on a fresh machine",
    ".venv/bin/pip install --require-hashes -r requirements.txt": "./dev does it on a fresh machine",
    "python -m sandbox --port 8001 --config var/demo.json": "a server; ./dev run starts it just so",
    "python verify.py": "tests/proof/test_packs.py runs it in an unzipped pack, away from the project",
    "docker compose up --build --detach": "there is no Docker engine here: untried, and said to be",
}
POSTGRES = ("pg_dump", "pg_restore")  # tests/test_backup.py, on PostgreSQL
OUTSIDE = (*ELSEWHERE, *POSTGRES, "./dev test --", "FRESH_EXAMPLES=", "SCREENSHOTS=")
MANAGED = sorted(command for command in commands() if managed(command))


@pytest.fixture
def prepared(clinic, tmp_path, monkeypatch, settings):
    """The demo with somebody in its ledger, and in the working folder the files that examples name."""
    clinic.write(clinic.choose("health-tips"))
    placements.add(clinic.tap, label="Poster in the hall", campaign="Spring 2027")
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_bytes(csv_file(*many(3), STOPPED, GIVEN | {"phone": "2.78E+10"}))
    Path("stops.csv").write_text("Mobile\n082 000 0303\n")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "for-this-test-only")
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "founder")
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "founder@sayso.example")
    settings.DEMO, settings.STATIC_ROOT, settings.HEADS_FOLDER = True, tmp_path / "static", "heads"
    return clinic


def words_of(command):
    """Its words, with a name for each placeholder, and without waiting for somebody to type."""
    places = {"NAME": "viewer", "CONTACT": str(Contact.objects.earliest("pk").uuid), "SENDER": "riverside"}
    words = [places.get(word, word).replace("'...'", "'viewer'") for word in managed(command)]
    if ">" in words:
        words = words[: words.index(">")]
    if "--head" in words:
        words[-1] = _exported_heads()
    return [*words, "--no-input"] if words[0] == "createsuperuser" else words


def _exported_heads():
    """The file of heads, where the example has one: the ledger is sealed, and its head is out."""
    Path("heads").mkdir()
    call_command("seal_ledger")
    assert heads.export() == 1
    return "heads/riverside-clinic.jsonl"


@pytest.mark.parametrize("command", MANAGED)
def test_each_command_of_ours_in_the_documentation_runs(prepared, command, capsys):
    call_command(*words_of(command))
    assert "Traceback" not in capsys.readouterr().err


def test_what_the_examples_say_is_so(prepared, capsys):
    """The answers and outcomes that the pages tell of."""
    find = {
        name: next(c for c in MANAGED if name in c) for name in ("gate --phone", "--dry-run", "stops.csv")
    }
    call_command(*words_of(find["gate --phone"]))
    assert '"decision": "deny"' in capsys.readouterr().out
    prepared.write(prepared.choose("appointment-reminders"), person=THANDI)
    call_command(*words_of(find["gate --phone"]))
    assert '"reason": "consent"' in capsys.readouterr().out
    known = Contact.objects.count()
    call_command(*words_of(find["--dry-run"]))
    assert Contact.objects.count() == known
    call_command(*words_of(find["stops.csv"]))
    assert prepared.gate(phone="+27820000303")["reason"] == "withdrawn"
    call_command(*words_of(next(c for c in MANAGED if "createsuperuser" in c)))
    assert User.objects.get(username="founder").is_superuser


def test_every_other_command_in_the_documentation_is_listed_with_the_reason_why_it_is_not_run():
    others = {command for command in commands() if not managed(command)}
    assert {command for command in others if not command.startswith(OUTSIDE)} == set()
    assert set(ELSEWHERE) - others == set()
