"""``./dev`` as a person at a shell meets it: real processes, real ports, a folder of its own."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.supervisor import ROOT
from tests import environment
from tests.services import free_port, processes_with, wait_until

pytestmark = pytest.mark.walk


class Shell:
    """A shell in the checkout, with a folder for the demo's files and two free ports."""

    def __init__(self, folder: Path) -> None:
        self.var = folder / "var"
        self.output = folder / "output"
        self.port = free_port()
        self.shell: subprocess.Popen[bytes] | None = None
        self.env = environment.outside() | {
            "VAR_DIR": str(self.var),
            "PORT": str(self.port),
            "SANDBOX_PORT": str(free_port()),
        }

    def call(self, *words: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / "dev", *words],
            cwd=cwd,
            env=self.env | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def start_demo(self) -> int:
        """Start ``./dev run`` as a script would, in the background; gives its process id once ready."""
        script = './dev run & echo "process $!"; wait $!; echo "status $?"'
        with self.output.open("wb") as output:
            self.shell = subprocess.Popen(
                ["/bin/sh", "-c", script],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        assert self.wait_for("^(Ready|status)")[1] == "Ready", self.output.read_text()
        return int(self.wait_for(r"^process (\d+)$")[1])

    def wait_for(self, pattern: str) -> re.Match[str]:
        try:
            return wait_until(lambda: re.search(pattern, self.output.read_text(), re.MULTILINE), seconds=100)
        except AssertionError:
            raise AssertionError(f"no {pattern} in:\n{self.output.read_text()}") from None

    def running(self) -> list[int]:
        return processes_with(f"VAR_DIR={self.var}\0")

    def portal(self) -> int:
        """The process that answers."""
        named = ((each, Path(f"/proc/{each}/cmdline").read_bytes()) for each in self.running())
        return next(process for process, line in named if b"gunicorn" in line)

    def close(self) -> None:
        for process in self.running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if self.shell:
            self.shell.wait()

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        return False


@pytest.fixture
def shell(tmp_path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    shell.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """The demo's database as its first command leaves it."""
    shell = Shell(tmp_path_factory.mktemp("made"))
    assert shell.call("manage", "check").returncode == 0
    return shell.var / "sayso.sqlite3"


@pytest.fixture
def ready(shell, made) -> Shell:
    """A shell whose demo has its database, for that takes longer than all else."""
    shell.var.mkdir(exist_ok=True)
    shutil.copy(made, shell.var)
    return shell


@pytest.mark.parametrize("words", [[], ["nonsense"]])
def test_the_usage_is_printed_for_an_unknown_command(shell, words):
    answer = shell.call(*words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("Usage: ./dev COMMAND")


def fresh_checkout(folder: Path, **programs: str) -> tuple[Path, str]:
    """A checkout without .venv, and a PATH on which these scripts stand before the real programs."""
    (folder / "checkout").mkdir()
    dev = Path(shutil.copy(ROOT / "dev", folder / "checkout"))
    for name, script in programs.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return dev, f"{folder}:{os.environ['PATH']}"


def test_an_old_python_is_refused_in_one_sentence(tmp_path):
    old = 'if [ "$1" = -V ]; then echo Python 3.9.2; else exit 1; fi'
    dev, path = fresh_checkout(tmp_path, python3=old)
    answer = subprocess.run([dev, "run"], env={"PATH": path}, capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr == "Sayso needs Python 3.11 or newer; python3 is Python 3.9.2.\n"


def test_without_root_the_missing_debian_package_is_named(tmp_path):
    python = f'case "$*" in *ensurepip*) exit 1 ;; *) exec {sys.executable} "$@" ;; esac'
    programs = {"python3": python, "id": "echo 1000", "sudo": "exit 1", "apt-get": "exit 1"}
    dev, path = fresh_checkout(tmp_path, **programs)
    answer = subprocess.run([dev, "run"], env={"PATH": path}, capture_output=True, text=True)
    line = "sudo apt-get install -y --no-install-recommends python3-venv"
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == f"Debian packages are missing. Please run: {line}"


def test_manage_prints_what_the_command_prints_and_passes_its_status_on(ready, tmp_path):
    code = "import os, sys; print(os.getcwd()); sys.exit(7)"
    answer = ready.call("manage", "shell", "-v", "0", "-c", code, cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (7, f"{tmp_path}\n"), answer.stderr
    assert answer.stderr == ""


def test_manage_uses_a_database_that_is_already_named(shell, tmp_path):
    code = "from django.conf import settings; print(settings.DATABASES['default']['NAME'])"
    named = tmp_path / "named.sqlite3"
    answer = shell.call("manage", "shell", "-v", "0", "-c", code, DATABASE_URL=f"sqlite:///{named}")
    assert answer.stdout == f"{named}\n", answer.stderr
    assert not (shell.var / "sayso.sqlite3").exists()


def test_commands_that_start_together_make_one_database(shell):
    words = [str(ROOT / "dev"), "manage", "showmigrations", "--plan"]
    both = [
        subprocess.Popen(words, env=shell.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert sum("Creating" in error for _, error in answers) == 1
    assert all("[X]" in plan and "[ ]" not in plan for plan, _ in answers)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_falls_is_started_again_and_the_demo_ends_every_process_it_began(ready, number):
    process = ready.start_demo()
    assert ready.answers()
    assert "Setting up" not in ready.output.read_text()
    assert (ready.var / "demo.json").stat().st_mode & 0o777 == 0o600
    if number == signal.SIGTERM:
        os.kill(ready.portal(), signal.SIGKILL)
        ready.wait_for("^The portal ended")
        wait_until(ready.answers)
    os.kill(process, number)
    assert ready.wait_for(r"^status (\d+)$")[1] == "0"
    assert ready.running() == []


def test_the_demo_leaves_nothing_behind_when_it_is_killed(ready):
    os.kill(ready.start_demo(), signal.SIGKILL)
    wait_until(lambda: not ready.running())


@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_port_that_is_taken_is_told_in_one_sentence(ready, name):
    with socket.create_server(("127.0.0.1", int(ready.env[name]))):
        answer = ready.call("run")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines()[-1].startswith(f"Port {ready.env[name]} is taken: set {name}")
    assert ready.running() == []
