"""For tests: start a sandbox as a process of its own on a free port, and talk to it.

`with running_sandbox("--token", "secret") as sandbox: sandbox.control("GET", "/sandbox/state")`
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

REPOSITORY = Path(__file__).resolve().parent.parent
OPENER = build_opener(ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that is up at `url`."""

    url: str

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One call of the control API; an AssertionError with its answer when refused."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, method=method)  # noqa: S310 (loopback)
        try:
            with OPENER.open(request, timeout=60) as response:
                return json.load(response)
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()!r}") from error

    def state(self, contact: str = "") -> Any:
        return self.control("GET", "/sandbox/state" + (f"?contact={contact}" if contact else ""))

    def wait_for(self, condition: Callable[[Any], Any], *, seconds: float = 60) -> Any:
        """Poll the state until the condition holds, and return what it returned."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := condition(self.state()):
                return found
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} seconds")


@contextmanager
def running_sandbox(*flags: str) -> Iterator[RunningSandbox]:
    """Its first line of output names the address, so no port is guessed and nothing waits."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *flags]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            first_line = process.stdout.readline() if process.stdout else ""
            if not first_line:
                raise RuntimeError("the sandbox did not start; its standard error says why")
            yield RunningSandbox(first_line.split()[-1])
        finally:
            process.terminate()
