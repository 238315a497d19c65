"""Keeps a few processes running, and leaves none behind.

Every process gets a session of its own, so that ending its group ends what it started as well.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 90
KILL_SECONDS = 5
# A process that has run this long is taken to be well: its next restart is prompt again.
WELL_SECONDS = 60
LONGEST_PAUSE_SECONDS = 30

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


class SupervisorError(Exception):
    """A process did not do its part; the message is for the person at the terminal."""


class Stopped(Exception):
    """INT, TERM or HUP has asked for the end."""


def end_with_parent(parent: int) -> Callable[[], None]:
    """For ``preexec_fn``: Linux sends the new process TERM when ``parent`` dies, be it by KILL."""

    def ask() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask


@dataclass(slots=True)
class Child:
    """A Python process, with what its supervisor remembers of it."""

    name: str
    words: list[str]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    falls: int = 0
    restart_at: float | None = None

    def start(self, stdout: IO[bytes] | None = None) -> None:
        """Begin it; what it prints goes to its log, or its standard output to ``stdout``."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.words],
                cwd=ROOT,
                env=os.environ | self.env,
                stdin=subprocess.DEVNULL,
                stdout=stdout or log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent(os.getpid()),
            )
        self.started_at, self.restart_at = time.monotonic(), None

    def status(self) -> int | None:
        """Its exit status, or None while it runs or has not begun."""
        return self.process.poll() if self.process else None

    def signal(self, number: int) -> None:
        """Send ``number`` to all its group; members can outlive their leader."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


class Supervisor:
    """Starts children, starts them again when they fall, and ends them all."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False
        # Set one by one, for a shell starts its background jobs with INT ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def pause(self) -> None:
        """Wait a moment; raises Stopped as soon as somebody has asked for the end."""
        if not self.stopping:
            time.sleep(0.1)
        if self.stopping:
            raise Stopped

    def start(self, child: Child, stdout: IO[bytes] | None = None) -> None:
        child.log.write_bytes(b"")
        self.children.append(child)
        child.start(stdout)

    def run(self, child: Child, stdout: IO[bytes] | None = None) -> None:
        """Start ``child`` and wait until it has ended well."""
        self.start(child, stdout)
        while child.status() is None:
            self.pause()
        self.children.remove(child)
        if child.status() != 0:
            raise SupervisorError(f"The step '{child.name}' did not work:\n{child.last_lines()}")

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait for the first start; a child that falls now will fall again, so that is the end."""
        deadline = time.monotonic() + READY_SECONDS
        while not ready():
            self.pause()
            for child in self.children:
                if child.status() is not None:
                    raise SupervisorError(f"The {child.name} did not start:\n{child.last_lines()}")
            if time.monotonic() > deadline:
                raise SupervisorError(f"Not everything answers after {READY_SECONDS} s.")

    def watch(self) -> None:
        """Keep every child running until somebody asks for the end."""
        while True:
            self.pause()
            for child in self.children:
                if child.status() is not None:
                    self._revive(child)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is None:
            # What it started may hold its port, or be a second timetable.
            child.signal(signal.SIGKILL)
            child.falls = 1 if now - child.started_at > WELL_SECONDS else child.falls + 1
            seconds = min(2 ** (child.falls - 1), LONGEST_PAUSE_SECONDS)
            child.restart_at = now + seconds
            print(
                f"The {child.name} ended (status {child.status()}); starting it again "
                f"in {seconds} s. Its log: {child.log}",
                flush=True,
            )
        elif now >= child.restart_at:
            child.start()

    def end(self) -> None:
        """End every group: TERM first, KILL for whatever is left after some seconds."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + KILL_SECONDS
        while time.monotonic() < deadline and any(c.status() is None for c in self.children):
            time.sleep(0.05)
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process:
                child.process.wait()
