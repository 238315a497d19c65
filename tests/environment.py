"""The environment of every test: a pytest plugin, so that it comes before Django's settings.

It replaces what the shell says, for a test must never meet a real installation's database or
broker. ``./dev test`` names its own PostgreSQL and Redis in TEST_DATABASE_URL and TEST_BROKER_URL;
without these, tests use a SQLite file and a broker in memory.
"""

import base64
import gc
import os
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

# xdist's workers inherit the controller's folder; whoever made it removes it.
_MADE_HERE = "TEST_FOLDER" not in os.environ
if _MADE_HERE:
    os.environ["TEST_FOLDER"] = tempfile.mkdtemp(prefix="sayso-test-")
FOLDER = Path(os.environ["TEST_FOLDER"])


def _secrets() -> dict[str, str]:
    fernet_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {
        "SECRET_KEY": secrets.token_hex(32),
        "ENCRYPTION_KEYS": fernet_key,
        "LEDGER_MAC_KEYS": f"test:{secrets.token_hex(32)}",
        "SIGNING_KEYS": f"test:{secrets.token_hex(32)}",
    }


def variables() -> dict[str, str]:
    """What settings read in tests. The secrets are new on each call: nothing may depend on them."""
    return _secrets() | {
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "CELERY_BROKER_URL": os.environ.get("TEST_BROKER_URL") or "memory://",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{FOLDER}/sayso.sqlite3",
        "DEBUG": "0",
        "ENV_FILE": os.devnull,
        "HYPOTHESIS_STORAGE_DIRECTORY": os.environ.get("TEST_HYPOTHESIS_FOLDER") or f"{FOLDER}/hypothesis",
        "PLAIN_STATIC": "1",
        "PUBLIC_URL": "http://testserver",
        "SAYSO_DEMO": "0",
        "SECOND_FACTOR": "0",  # tests/staff/ switches it on
        "VAR_DIR": str(FOLDER / "var"),
    }


def outside() -> dict[str, str]:
    """The environment without what this plugin set: for ``./dev run`` started by a test."""
    ours = {*variables(), "TEST_ENVIRONMENT_OF", "PORT", "SANDBOX_PORT"}
    return {name: value for name, value in os.environ.items() if name not in ours}


# At import: settings are read before pytest calls the first hook. A worker of xdist finds the
# controller's secrets in its environment and keeps them, so that all workers agree.
if os.environ.get("TEST_ENVIRONMENT_OF") != str(FOLDER):
    os.environ |= variables() | {"TEST_ENVIRONMENT_OF": str(FOLDER)}
    # WhiteNoise warns when there is no folder of collected files, and warnings are errors in tests.
    (FOLDER / "var" / "static").mkdir(parents=True)


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    _use_database_file()
    _use_quick_password_hash()
    _look_up_static_files_when_asked()
    _load_hypothesis_profile()


def _use_database_file() -> None:
    # By default Django tests SQLite in memory, where neither WAL nor waiting for a lock exists.
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(FOLDER / "test.sqlite3")


def _use_quick_password_hash() -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _look_up_static_files_when_asked() -> None:
    # Each test's client builds the middleware anew, and WhiteNoise would list every file each time.
    from django.conf import settings

    settings.WHITENOISE_AUTOREFRESH = True


def _load_hypothesis_profile() -> None:
    from hypothesis import HealthCheck, settings

    # The same examples in every run: a failure is about the change at hand. FRESH_EXAMPLES=500 looks
    # at so many new ones instead. Slow examples are no failure on a machine with two cores.
    fresh = int(os.environ.get("FRESH_EXAMPLES", "0"))
    settings.register_profile(
        "sayso",
        deadline=None,
        max_examples=fresh or 50,
        derandomize=not fresh,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("sayso")


def pytest_unconfigure() -> None:
    if _MADE_HERE:
        shutil.rmtree(FOLDER, ignore_errors=True)


# Many objects stay for the whole run: to look through them again and again takes a twentieth of it.
gc.set_threshold(50_000, 50, 50)
