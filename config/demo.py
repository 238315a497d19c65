"""The demo behind ``./dev run``: prepares the data and keeps portal, worker and sandbox running."""

import fcntl
import http.client
import json
import os
import socket
import sys
from typing import IO, Any

from config.keys import VAR_DIR, derive
from config.supervisor import Child, Stopped, Supervisor, SupervisorError

PORT = int(os.environ.get("PORT", "8000"))
SANDBOX_PORT = int(os.environ.get("SANDBOX_PORT", "8001"))
DETAILS = VAR_DIR / "demo.json"
LOGS = VAR_DIR / "log"


def check_port(name: str, port: int) -> None:
    with socket.socket() as probe:
        # Connections of an earlier run that linger are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SupervisorError(f"Port {port} is taken: set {name} to a free one.") from None


def claim_folder() -> IO[str]:
    """A lock for as long as the file returned is open: two demos would share one database."""
    for folder in (LOGS, VAR_DIR / "static"):
        folder.mkdir(parents=True, exist_ok=True)
    lock = (VAR_DIR / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SupervisorError(f"Another ./dev run is using {VAR_DIR}.") from None
    return lock


def child(name: str, words: str, *more: str, **env: str) -> Child:
    return Child(name, [*words.split(), *more], LOGS / f"{name}.log", env)


def prepare(supervisor: Supervisor) -> None:
    """Bring the tables up to date and seed. The details hold secrets: for their owner alone."""
    fresh = DETAILS.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        supervisor.run(child("seeding", "manage.py seed_demo --json"), stdout=file)
    fresh.replace(DETAILS)


def children() -> list[Child]:
    return [
        child(
            "sandbox",
            f"-m sandbox --port {SANDBOX_PORT} --config",
            str(DETAILS),
            SANDBOX_SENDER_TOKEN=derive("sandbox-sender-token"),
        ),
        child(
            "portal",
            f"-m gunicorn config.wsgi --bind 127.0.0.1:{PORT} --log-level warning"
            " --worker-class gthread --workers 2 --threads 4 --no-control-socket --preload",
        ),
        child(
            "worker",
            "-m celery --quiet -A config worker --beat --pool solo --loglevel WARNING"
            " --without-gossip --without-mingle --without-heartbeat --schedule",
            str(VAR_DIR / "celerybeat-schedule"),
        ),
    ]


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def summary(details: dict[str, Any]) -> str:
    admin, portal = details["admin"], f"http://127.0.0.1:{PORT}"
    pages = [each["page_url"] for each in details["channels"] if each["kind"] == "website"]
    return f"""
Sayso is running.

  Portal        {portal}/
  Admin         {portal}/admin/   {admin["username"]} / {admin["password"]}
  Opt-in page   {pages[0] if pages else "none yet"}
  Phone         {details["sandbox"]["url"]}/   (stands in for WhatsApp)
  Logs          {LOGS}

Ready. Ctrl-C ends everything."""


def run(supervisor: Supervisor) -> None:
    """The whole life of the demo; returns only by an exception."""
    check_port("PORT", PORT)
    check_port("SANDBOX_PORT", SANDBOX_PORT)
    with claim_folder():
        try:
            prepare(supervisor)
            for each in children():
                supervisor.start(each)
            supervisor.wait_until(lambda: answers(PORT) and answers(SANDBOX_PORT))
            print(summary(json.loads(DETAILS.read_text())), flush=True)
            supervisor.watch()
        finally:
            supervisor.end()


def main() -> int:
    try:
        run(Supervisor())
    except Stopped:
        print("Everything has ended.", flush=True)
        return 0
    except SupervisorError as error:
        print(error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
