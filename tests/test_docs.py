"""What the documentation says is so: links resolve, commands exist, examples are answered as shown."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from tests.clinic import THANDI

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")])
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text() for page in PAGES}
OURS = {name for name, app in get_commands().items() if app in {"optins", "channels_capture"}}


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_leads_to_a_file_that_is_there(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", TEXTS[page])
    missing = [
        link for link in links if "://" not in link and not (ROOT / page).parent.joinpath(link).exists()
    ]
    assert not missing


def _commands():
    everything = "\n".join(TEXTS.values())
    return sorted(set(re.findall(r"(?:\./dev manage|manage\.py) (\w+ --[^`\n]+)", everything)))


@pytest.mark.parametrize("line", _commands())
def test_every_command_in_the_documentation_takes_the_arguments_shown(line):
    name, *arguments = shlex.split(line)
    command = load_command_class(get_commands()[name], name)
    if "[" not in line:
        command.create_parser("manage.py", name).parse_args(arguments)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_of_ours_is_documented(name):
    assert f"`{name}" in TEXTS["docs/commands.md"]


def test_every_setting_is_listed_with_what_it_is_for():
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    sources = [*ROOT.glob("config/*.py")]
    read = {
        name
        for source in sources
        for name in re.findall(r'(?:env\.\w+|_secret|environ\.get)\(\s*"([A-Z_]+)"', source.read_text())
    }
    assert listed - read == set()
    assert read - listed <= {"BIND", "WEB_CONCURRENCY", "WEB_THREADS", "DJANGO_SETTINGS_MODULE"}


def _examples():
    """Each POST of docs/api.md: its path, headers and body, and the names in the answer that is shown."""
    for block in re.findall(r"    POST (/api/v1/\S+)\n((?:    .*\n|\n(?=    ))+)", TEXTS["docs/api.md"]):
        path, rest = block
        headers = dict(re.findall(r"^    ([A-Z][\w-]+): (.+)$", rest, re.M))
        documents = re.split(r"\n\n", re.sub(r"^    [A-Z][\w-]+: .+\n", "", rest, flags=re.M).strip())
        body = json.loads(documents[0])
        yield path, headers, body, set(re.findall(r'"(\w+)":', documents[1]))


@pytest.mark.parametrize("example", list(_examples()), ids=lambda example: example[0])
def test_every_example_of_the_api_is_answered_as_shown(clinic, example):
    path, headers, body, names = example
    clinic.write(clinic.choose("appointment-reminders"), person=THANDI)
    answer = clinic.api(path.removeprefix("/api/v1/"), body, **headers)
    assert answer.status_code < 300, answer.content
    assert set(re.findall(r'"(\w+)":', answer.content.decode())) == names


def test_the_compose_file_fits_together():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"migrate", "web", "worker", "timetable", "postgres", "redis"}
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_what_the_image_copies_is_there_and_its_commands_run(tmp_path):
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [
        word
        for line in lines
        if line.startswith("COPY") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert [word for word in copied if not (ROOT / word).exists()] == []
    collect = next(line.removeprefix("RUN ") for line in lines if "collectstatic" in line)
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "VAR_DIR": str(tmp_path)}
    environment |= {"STATIC_ROOT": str(tmp_path / "static"), "ENV_FILE": os.devnull}
    subprocess.run(["/bin/sh", "-c", collect], cwd=ROOT, env=environment, check=True, capture_output=True)
    assert (tmp_path / "static" / "staticfiles.json").exists()


@pytest.mark.parametrize("unit", sorted(ROOT.glob("deploy/*.service")), ids=lambda unit: unit.name)
def test_every_unit_starts_what_the_image_starts(unit):
    (start,) = re.findall(r"^ExecStart=/opt/sayso/\.venv/bin/(\S+) (.+)$", unit.read_text(), re.M)
    program, arguments = start
    assert (Path(sys.executable).parent / program).exists()
    described = (ROOT / "Dockerfile").read_text() + (ROOT / "compose.yaml").read_text()
    words = [word for word in arguments.split() if not word.startswith("/")]
    assert all(word in described for word in words)


def test_gunicorns_settings_load(tmp_path):
    words = [
        sys.executable,
        "-m",
        "gunicorn",
        "--check-config",
        "--config",
        "config/gunicorn.py",
        "config.wsgi",
    ]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
