"""The four steps of the README, taken to the letter: how many files they touch, and that the result works."""

import re
import shutil
import subprocess
import sys
from textwrap import dedent

import pytest

from tests import sources

pytestmark = pytest.mark.once

README = sources.ROOT / "channels_capture" / "README.md"
KIND = "channels_capture/sms_short_code"
PROBE = """
from channels_capture.registry import KINDS
adapter = KINDS["sms_short_code"].providers["example"]
body = b"id=1&from=%2B27820000101&text=STOP&at=2026-11-20T09:15:02Z"
[message] = adapter.parse(body, {}, "").messages
assert (message.id, message.text, message.identifiers[0].value) == ("1", "STOP", "+27820000101")
assert adapter.has_own_address and "not that it is on WhatsApp" in adapter.proves
"""


def test_a_new_provider_touches_one_existing_file_and_is_read_at_once(tmp_path):
    text = README.read_text()
    [line] = re.findall(r'^    ("example": Example\(\),)$', text, re.MULTILINE)
    shown = re.search(r"^    \"\"\"Example.*?(?=^\S)", text, re.MULTILINE | re.DOTALL)
    module = dedent(shown.group()).strip()
    for name in ("channels_capture", "optins", "config", "manage.py"):
        source = sources.ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    (tmp_path / KIND / "example.py").write_text(module)
    registry = tmp_path / KIND / "__init__.py"
    before = registry.read_text().splitlines()
    added = registry.read_text().replace("    providers={\n", f"    providers={{\n        {line}\n")
    next_one = "from channels_capture.sms_short_code.infobip"
    imported = "from channels_capture.sms_short_code.example import Example"
    registry.write_text(added.replace(next_one, f"{imported}\n{next_one}"))
    assert len(registry.read_text().splitlines()) == len(before) + 2
    command = [sys.executable, "manage.py", "shell", "-c", PROBE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
