"""What the Dockerfile, the compose file and the units say is there, and what they run runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests import environment
from tests.documented import ROOT
from tests.run import PRODUCTION

pytestmark = pytest.mark.once


def lines(word):
    """What the Dockerfile says after this word."""
    return re.findall(rf"^{word} (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def as_in_the_image(folder):
    """The environment of its commands: the programs of this set-up, a folder to write in, no settings."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    (assigned,) = lines("ENV")
    assert "STATIC_ROOT=" in assigned
    own = {"VAR_DIR": str(folder), "STATIC_ROOT": str(folder / "static"), "ENV_FILE": os.devnull}
    return {"PATH": path, **own}


def test_what_the_image_copies_is_there():
    named = [line.split()[:-1] for line in lines("COPY") if not line.startswith("--from")]
    assert [word for words in named for word in words if not (ROOT / word).exists()] == []


def test_what_the_image_runs_while_it_is_built_runs_here(tmp_path):
    run = lines("RUN")
    installs = [command for command in run if re.match(r"python -m venv|\S+pip install|useradd", command)]
    (collect,) = [command for command in run if command not in installs]
    subprocess.run(
        ["/bin/sh", "-c", collect], cwd=ROOT, env=as_in_the_image(tmp_path), check=True, capture_output=True
    )
    assert (tmp_path / "static" / "staticfiles.json").exists()
    # Its lock is the one that this very set-up was made from.
    assert [re.findall(r"-r (\S+)", command) for command in installs if "pip" in command] == [
        ["requirements.txt"]
    ]


def test_what_the_image_starts_is_accepted_by_its_program(tmp_path):
    (start,) = lines("CMD")
    words = re.findall(r'"([^"]+)"', start)
    env = environment.variables() | PRODUCTION | as_in_the_image(tmp_path)
    program, *arguments = words
    answer = subprocess.run(
        [program, "--check-config", *arguments],
        cwd=ROOT,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr


def test_the_compose_file_fits_together():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"migrate", "web", "worker", "timetable", "postgres", "redis"}
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize("unit", sorted(ROOT.glob("deploy/*.service")), ids=lambda unit: unit.name)
def test_every_unit_starts_what_the_image_starts(unit):
    (start,) = re.findall(r"^ExecStart=/opt/sayso/\.venv/bin/(\S+) (.+)$", unit.read_text(), re.M)
    program, arguments = start
    assert (Path(sys.executable).parent / program).exists()
    described = (ROOT / "Dockerfile").read_text() + (ROOT / "compose.yaml").read_text()
    words = [word for word in arguments.split() if not word.startswith("/")]
    assert all(word in described for word in words)
