"""The portal and the worker as processes, on the test's own database and a broker of choice."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.db import connection

from config import demo
from config.supervisor import Child
from tests.services import free_port, processes_with, wait_until

PORTAL = "-m gunicorn config.wsgi --worker-class gthread --workers 1 --threads 4 --no-control-socket"


def database_url() -> str:
    """Where the test's tables are, as DATABASE_URL says it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"postgres:///{name}?{urlsplit(os.environ['DATABASE_URL']).query}"


class Programs:
    """Each has a session of its own, and so has what it starts: a kill takes the timetable with it."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.folder, self.started = folder, list[Child]()
        self.env = {
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(folder),
            "CELERY_BROKER_URL": broker,
        }
        (folder / "static").mkdir()

    def start(self, name: str, words: list[str]) -> Child:
        child = Child(name, words, self.folder / f"{name}-{len(self.started)}.log", self.env)
        child.start()
        self.started.append(child)
        return child

    def worker(self, *, timetable: bool = True) -> Child:
        """As the demo starts it; without a timetable it does only what it is nudged to."""
        words = next(child.words for child in demo.children() if child.name == "worker")
        words = [*words[:-1], str(self.folder / f"schedule-{len(self.started)}")]
        if not timetable:
            words = [word for word in words[:-2] if word != "--beat"]
        return self.start("worker", words)

    def portal(self) -> str:
        """Its address, once it answers."""
        url = f"http://127.0.0.1:{free_port()}"
        self.start("portal", [*PORTAL.split(), "--bind", url.removeprefix("http://")])
        wait_until(lambda: _answers(url))
        return url

    def kill(self, child: Child) -> None:
        """As ``kill -9`` or the machine's memory guard would."""
        child.signal(signal.SIGKILL)
        assert child.process
        child.process.wait()

    def end(self) -> None:
        for child in self.started:
            self.kill(child)
        # What a process of ours may have started outside its group.
        for process in processes_with(f"VAR_DIR={self.folder}\0"):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _answers(url: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{url}/healthz", trust_env=False).is_success
    return False


def post(url: str, **more: Any) -> httpx.Response:
    return httpx.post(url, trust_env=False, timeout=60, **more)
