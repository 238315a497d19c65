"""What the documentation says is so: links resolve, commands exist, examples are answered as shown."""

import json
import re

import pytest
from django.core.management import get_commands

from tests.clinic import THANDI
from tests.documented import ROOT, TEXTS

pytestmark = pytest.mark.once

OURS = {name for name, app in get_commands().items() if app in {"optins", "channels_capture"}}


def anchors(text):
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page):
    links = re.findall(r"\]\(([^)#]*)#?([^)]*)\)", TEXTS[page])
    missing = []
    for link, heading in links:
        target = (ROOT / page).parent.joinpath(link) if link else ROOT / page
        if "://" not in link and not target.exists():
            missing.append(link)
        elif "://" not in link and heading and heading not in anchors(target.read_text()):
            missing.append(f"{link}#{heading}")
    assert not missing


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
