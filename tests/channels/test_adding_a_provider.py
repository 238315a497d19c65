"""The four steps of the README, taken to the letter: which files they touch; and the contract holds."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests import environment, sources

pytestmark = [pytest.mark.once, pytest.mark.timeout(600)]

README = sources.ROOT / "channels_capture" / "README.md"
KIND = "channels_capture/sms_short_code"
TABLE = "tests/channels/test_recordings.py"
COPIED = ("channels_capture", "optins", "config", "sandbox", "static", "templates", "tests")
# What looks at each provider of a kind, and at the new one too.
CONTRACT = ("channels_capture/tests.py", TABLE, "tests/channels/test_stops_everywhere.py")


def shown():
    """What the README tells to write, in the order of its steps."""
    steps = README.read_text().partition("## Add a provider")[2]
    blocks = re.findall(r"(?:^    .*\n(?:\n+(?=    ))?)+", steps, re.MULTILINE)
    return [dedent(block).strip() for block in blocks]


def take_the_steps(root):
    lines, adapter, body, headers, expected = shown()
    imported, entry = lines.split("\n\n")
    insert_below(root / f"{KIND}/__init__.py", "from channels_capture.base import Kind", imported)
    insert_below(root / f"{KIND}/__init__.py", "    providers={", entry)
    (root / KIND / "example.py").write_text(f"{adapter}\n")
    recorded = root / KIND / "fixtures" / "example"
    recorded.mkdir()
    (recorded / "join.form").write_text(body)
    (recorded / "join.headers").write_text(f"{headers}\n")
    insert_below(root / TABLE, "EXPECTED = {", expected)


def insert_below(path, line, new):
    before = path.read_text()
    assert before.count(f"\n{line}\n") == 1
    path.write_text(before.replace(f"\n{line}\n", f"\n{line}\n{new}\n"))


def touched(root):
    """The files that are new, and those that were there and are changed."""
    files = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    new = {str(path) for path in files if not (sources.ROOT / path).exists()}
    there = (path for path in files if str(path) not in new)
    changed = {str(p) for p in there if (root / p).read_bytes() != (sources.ROOT / p).read_bytes()}
    return new, changed


def test_a_new_provider_is_three_files_and_lines_in_two_and_keeps_the_contract(tmp_path):
    for name in COPIED:
        shutil.copytree(sources.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(sources.ROOT / "pyproject.toml", tmp_path)
    take_the_steps(tmp_path)
    new, changed = touched(tmp_path)
    recorded = f"{KIND}/fixtures/example/join"
    assert new == {f"{KIND}/example.py", f"{recorded}.form", f"{recorded}.headers"}
    assert changed == {f"{KIND}/__init__.py", TABLE}
    done = pytest_in(tmp_path, *CONTRACT, "-k", "sms_short_code")
    assert done.returncode == 0, done.stdout[-3000:]


def pytest_in(root: Path, *words):
    """Run it there, in an environment and with a database of its own."""
    ours = ("TEST_FOLDER", "TEST_DATABASE_URL", "TEST_BROKER_URL")
    env = {name: value for name, value in environment.outside().items() if name not in ours}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", *words]
    return subprocess.run(
        command, cwd=root, env=env, capture_output=True, text=True, timeout=500, check=False
    )
