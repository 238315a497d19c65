"""Fixtures: the real sandbox as a process, a stranger platform, and the clinic's sender set to either."""

import json
from pathlib import Path

import pytest

from sandbox.testing import running_sandbox
from tests.sync.outward import Outward
from tests.sync.recorder import running_recorder

FIXTURES = Path(__file__).with_name("fixtures")
# What tests/conftest.py seeds the sender with.
TOKEN = "sandbox-sender-token-for-tests-only"
FLAGS = ("--token", TOKEN, "--number", "27820000900")


@pytest.fixture(scope="session")
def sandbox_process():
    with running_sandbox(*FLAGS) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process):
    """The sandbox as after its start."""
    sandbox_process.control("POST", "/sandbox/reset")
    sandbox_process.control("POST", "/sandbox/tokens", {"token-1": TOKEN})
    return sandbox_process


@pytest.fixture
def recorder():
    with running_recorder() as recorder:
        yield recorder


@pytest.fixture
def outward(clinic, sandbox):
    """The clinic, its sender at the sandbox."""
    return Outward(clinic, sandbox.url)


@pytest.fixture
def live_outward(live_clinic, sandbox):
    """The same with real transactions."""
    return Outward(live_clinic, sandbox.url)


@pytest.fixture
def recorded(outward, recorder):
    """The clinic, its sender at the recorder."""
    outward.move_to(recorder.url)
    return outward


@pytest.fixture
def fixture():
    """Reads a recorded payload by its name."""
    return lambda name: json.loads((FIXTURES / f"{name}.json").read_bytes())


@pytest.fixture
def headers_of():
    """Reads the headers that go with a recorded payload; its status line, if any, left out."""

    def read(name: str) -> dict[str, str]:
        lines = (FIXTURES / f"{name}.headers").read_text().splitlines()
        return dict(line.split(": ", 1) for line in lines if ": " in line)

    return read


@pytest.fixture
def fault(sandbox):
    """Something goes wrong at the sandbox."""
    return lambda **what: sandbox.control("POST", "/sandbox/faults", what)


@pytest.fixture
def write(sandbox, recorder):
    """Somebody writes to the organisation, so that their window is open; the recorder stands at the hook."""
    sandbox.control("POST", "/sandbox/hook", {"url": recorder.url, "secret": ""})

    def send(person: str) -> None:
        who = {"bsuid": person} if "." in person else {"from": person}
        sandbox.control("POST", "/sandbox/phone/send", {**who, "text": "hello"})

    yield send
    sandbox.control("POST", "/sandbox/hook", {"url": ""})
