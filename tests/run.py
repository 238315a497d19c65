"""What ``./dev test`` does: lint, then types and every test, on PostgreSQL and on SQLite, side by side.

With arguments for pytest it runs only pytest; ``--sqlite`` or ``--postgres`` before them chooses
one engine. The exit status is the worst of all steps.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from config.supervisor import ROOT, end_with_parent
from tests import services

ENGINES = ("postgres", "sqlite")
NO_TESTS = 5  # pytest's own status for a run that had none
LINT = (
    "-m ruff check .",
    "-m ruff format --check .",
    "manage.py makemigrations --check --dry-run",
)
DEPLOY = "manage.py check --deploy --fail-level WARNING"
PRODUCTION = {
    "ALLOWED_HOSTS": "sayso.example",
    "CELERY_BROKER_URL": "redis://127.0.0.1",
    "HEADS_FOLDER": "/srv/heads",
    "PLAIN_STATIC": "0",
    "PUBLIC_URL": "https://sayso.example",
    "SECOND_FACTOR": "1",
}


def headline(text: str) -> None:
    print(f"\n== {text}", flush=True)


def lint(folder: Path) -> int:
    """Run the steps until one fails.

    Meanwhile pytest looks for the tests: the many processes after it find them compiled.
    """
    from tests import environment  # on import it replaces what the shell says, for the steps too

    looking = start("tests", ["-m", "pytest", "--collect-only", "--quiet"], {}, folder)
    steps: list[tuple[str, dict[str, str]]] = [(step, {}) for step in LINT]
    steps.append((DEPLOY, environment.variables() | PRODUCTION))
    try:
        for step, env in steps:
            headline(step.removeprefix("-m "))
            words = [sys.executable, *step.split()]
            status = subprocess.run(words, cwd=ROOT, env=os.environ | env, check=False).returncode
            if status:
                headline(f"FAILED: {step.removeprefix('-m ')}")
                return status
        return wait_for("tests", looking, folder, is_told=False)
    finally:
        looking.kill()
        looking.wait()


def run_pytest(engines: list[str], args: list[str], folder: Path) -> int:
    """Start the services and a pytest for each engine; all of it has ended when this returns.

    Without ``args`` mypy runs beside them: it keeps one core busy for as long as all the lint takes.
    """
    with ExitStack() as stack:
        broker = stack.enter_context(services.redis(folder))
        databases = {"sqlite": ""}
        if "postgres" in engines:
            databases["postgres"] = stack.enter_context(services.postgres(folder))
        stack.callback(end_strays, folder)
        running = {} if args else {"mypy": start("mypy", ["-m", "mypy"], {}, folder)}
        for engine in engines:
            running[f"pytest on {engine}"] = start_pytest(
                engine, args, folder, broker, databases[engine], is_beside_another=len(engines) > 1
            )
        headline(f"{', '.join(running)}: each tells at its end")
        return worst([wait_for(name, process, folder) for name, process in running.items()], args)


def start_pytest(
    engine: str, args: list[str], folder: Path, broker: str, database: str, *, is_beside_another: bool
) -> subprocess.Popen[bytes]:
    """Begin pytest for one engine."""
    own = folder / f"pytest-{engine}"
    own.mkdir()
    env = {"TEST_FOLDER": str(own), "TEST_BROKER_URL": broker, "TEST_DATABASE_URL": database}
    # One more than there are cores: tests of browsers and of programs wait for these.
    processes = str(max(2, os.cpu_count() or 2) + (engine == "sqlite"))
    # Tests of one file may share what takes long to start, so they stay in one process. The order is that of
    # tests/conftest.py: by their number of tests those that walk would come last, and wait alone.
    words = ["-m", "pytest", "-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
    if engine == "postgres":
        words += ["-m", "not walk and not once" if is_beside_another else "not walk"]
    return start(f"pytest on {engine}", [*words, *args], env, folder)


def start(name: str, words: list[str], env: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """Begin a Python program; what it prints goes to ``<name>.log`` in ``folder``."""
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent(os.getpid()),
        )


def wait_for(name: str, process: subprocess.Popen[bytes], folder: Path, *, is_told: bool = True) -> int:
    """Wait for one of them and print what it said, also when we are asked to stop; or only if it failed."""
    try:
        return process.wait()
    finally:
        if is_told or process.poll():
            headline(name)
            print((folder / f"{name}.log").read_text(errors="replace"), flush=True)


def worst(statuses: list[int], args: list[str]) -> int:
    # A file with nothing but walks has no test for PostgreSQL: fine when it was asked for by name
    # and the other engine had some.
    if args and any(status != NO_TESTS for status in statuses):
        statuses = [status for status in statuses if status != NO_TESTS]
    return max(abs(status) for status in statuses)


def end_strays(folder: Path) -> None:
    """End each pytest that still runs, and whatever its tests began and left."""
    mark = f"TEST_FOLDER={folder}/pytest-"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        for process in services.processes_with(mark):
            with suppress(ProcessLookupError):
                os.kill(process, number)
        deadline = time.monotonic() + 10
        while services.processes_with(mark) and time.monotonic() < deadline:
            time.sleep(0.1)


def stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main(args: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    chosen = [engine for engine in ENGINES if args[:1] == [f"--{engine}"]]
    with tempfile.TemporaryDirectory(prefix="sayso-") as folder:
        os.environ["TEST_FOLDER"] = folder
        os.environ["TEST_HYPOTHESIS_FOLDER"] = f"{folder}/hypothesis"
        status = 0 if args else lint(Path(folder))
        if not status:
            rest = args[1:] if chosen else args
            status = run_pytest(chosen or list(ENGINES), rest, Path(folder))
    headline("FAILED" if status else "Everything passed")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
