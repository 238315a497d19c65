"""docs/backup.md: what was dumped comes back, with the guards that keep the ledger from being changed."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from tests import services
from tests.documented import ROOT, commands

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="pg_dump is PostgreSQL's")


def documented(program, address):
    """The command of the page, word for word, with this DATABASE_URL."""
    (command,) = [each for each in commands() if each.startswith(program)]
    return command.replace('"$DATABASE_URL"', address).split()


def address_of(name):
    known = connection.get_connection_params()
    return f"postgres:///{name}?host={known['host']}&user={known['user']}"


def connected(name):
    return psycopg.connect(address_of(name), autocommit=True)


@pytest.fixture
def another_database():
    """An empty one beside the test's own."""
    name = f"{connection.settings_dict['NAME']}_again"
    with connected("postgres") as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield name
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(words, folder, **env):
    answer = subprocess.run(
        words, cwd=folder, env=os.environ | env, check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr


def test_what_was_dumped_comes_back_and_the_ledger_is_guarded_there_too(
    live_clinic, tmp_path, another_database
):
    live_clinic.write(live_clinic.choose("health-tips"))
    own = connection.settings_dict["NAME"]
    for program, name in (("pg_dump", own), ("pg_restore", another_database)):
        words = documented(program, address_of(name))
        run([services.program(program), *words[1:]], tmp_path)
    run([sys.executable, "manage.py", "migrate", "-v0"], ROOT, DATABASE_URL=address_of(another_database))
    count = "SELECT count(*) FROM optins_consentevent"
    with connected(own) as before, connected(another_database) as after:
        assert before.execute(count).fetchone() == after.execute(count).fetchone() == (1,)
        with pytest.raises(psycopg.errors.Error, match=r"ledger|append|change"):
            after.execute("DELETE FROM optins_consentevent")
