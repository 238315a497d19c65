"""A sandbox as a process of its own, a portal to receive its webhooks, and a client of its API."""

import json
from pathlib import Path

import httpx
import pytest

from sandbox.testing import running_sandbox
from tests.sandbox.beside import trying as trying
from tests.sandbox.portal import running_portal

FIXTURES = Path(__file__).with_name("fixtures")
HEADERS = {"Authorization": "Bearer secret-1", "Accept": "application/vnd.v1+json"}


@pytest.fixture(scope="session")
def process():
    with running_sandbox("--token", "secret-1", "--token", "secret-2", "--number", "27820000900") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def receiver():
    with running_portal() as portal:
        yield portal


@pytest.fixture
def portal(receiver):
    """What stands at the hook: remembers what it got, answers with the statuses it is told."""
    receiver.forget()
    return receiver


@pytest.fixture
def sandbox(process, portal):
    """The sandbox as after its start, with its hook set to the portal."""
    process.control("POST", "/sandbox/reset")
    hook = {"url": portal.url, "secret": "turn-test-hmac-secret", "retry_seconds": [0.01, 0.01, 0.01]}
    process.control("POST", "/sandbox/hook", hook)
    return process


@pytest.fixture
def api(sandbox):
    """The platform's API as the portal would call it."""
    with httpx.Client(base_url=sandbox.url, headers=HEADERS, trust_env=False) as client:
        yield client


@pytest.fixture
def fixture():
    """Reads a recorded payload by its name."""
    return lambda name: json.loads((FIXTURES / f"{name}.json").read_bytes())
