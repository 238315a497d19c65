"""The real services that tests use, each begun for the tests, and the helpers to wait for them.

PostgreSQL and Redis listen on Unix sockets in a temporary folder, so they can meet neither a
server that is already there nor a second run of the tests.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import redis as redis_client

from config.supervisor import end_with_parent

Fact = TypeVar("Fact")


class Missing(Exception):
    """A service that tests need is not installed; ``./dev test`` installs it."""


def wait_until(fact: Callable[[], Fact | None], *, seconds: float = 60) -> Fact:
    """The first true value of ``fact``; fails after ``seconds``. Use it where you would sleep."""
    deadline = time.monotonic() + seconds
    while True:
        if value := fact():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"Not so after {seconds} s: {fact.__qualname__}")
        time.sleep(0.05)


def free_port() -> int:
    """A port on loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_with(variable: str) -> list[int]:
    """The processes that were started with ``NAME=beginning of value`` in their environment.

    Linux tells. With a folder of our own in it, it finds what we started and nothing else.
    """
    mark = f"\0{variable}".encode()
    return [
        int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in b"\0" + _read(path)
    ]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended, or belongs to somebody else
        return b""


def program(*names: str) -> str:
    """The path of the first of these programs that is installed."""
    # Debian keeps PostgreSQL's servers out of PATH, one folder for each version.
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    places = os.pathsep.join([os.environ.get("PATH", ""), *map(str, reversed(folders))])
    for name in names:
        if path := shutil.which(name, path=places):
            return path
    raise Missing(f"{names[0]} is not installed; ./dev test installs it.")


def chromium() -> str:
    """The browser for Playwright's ``executable_path``; it also needs ``--no-sandbox`` as root."""
    return program("chromium-headless-shell", "chromium")


def _person() -> dict[str, Any]:
    # PostgreSQL refuses to run as root.
    if os.getuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


@contextmanager
def _running(words: list[str], log: Path, end_with: signal.Signals, **options: Any) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent(os.getpid()),
            **options,
        )
    try:
        yield
    finally:
        process.send_signal(end_with)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def postgres(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL of its own in ``folder``; gives the DATABASE_URL of its database.

    ``durable``: it keeps what it says that it has, as in production, and is slower for it.
    """
    home = folder / "postgres"
    home.mkdir(mode=0o700)
    if person := _person():
        folder.chmod(0o711)  # for postgres to reach its home
        shutil.chown(home, person["user"], person["group"])
    data = home / "data"
    make = f"{program('initdb')} --no-sync --auth trust --username postgres"
    make += f" --encoding UTF8 --locale C.UTF-8 --pgdata {data}"
    subprocess.run(make.split(), check=True, capture_output=True, cwd=home, **person)
    options = "-c max_connections=200 -c listen_addresses= -c unix_socket_permissions=0700"
    if not durable:  # nothing of a test has to outlive a power cut
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    words = [program("postgres"), "-D", str(data), "-k", str(home), *options.split()]
    with _running(words, folder / "postgres.log", signal.SIGINT, cwd=home, **person):
        wait_until(lambda: _create_database(home))
        yield f"postgres:///sayso?host={home}&user=postgres"


def _create_database(home: Path) -> bool:
    try:
        with psycopg.connect(
            host=str(home), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("CREATE DATABASE sayso")
    except psycopg.OperationalError:  # not yet listening
        return False
    return True


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis of its own in ``folder``; gives its address as CELERY_BROKER_URL takes it."""
    path = folder / "redis.sock"
    words = f"{program('redis-server')} --port 0 --unixsocketperm 700 --appendonly no".split()
    words += ["--unixsocket", str(path), "--dir", str(folder), "--save", ""]
    with (
        _running(words, folder / "redis.log", signal.SIGTERM),
        redis_client.Redis(unix_socket_path=str(path)) as client,
    ):
        wait_until(lambda: _is_answering(client))
        yield f"redis+socket://{path}"


def _is_answering(client: redis_client.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis_client.ConnectionError:
        return False
