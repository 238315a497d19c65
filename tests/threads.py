"""Threads with database connections of their own, and a database that cannot be reached."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connection, connections, transaction

T = TypeVar("T")
SQLITE = "sqlite"


def elsewhere(function: Callable[[], T], **settings: Any) -> T:
    """Call it in a thread of its own, whose connection has these settings changed: another address, say."""

    def work() -> T:
        here = connections["default"]
        options = {**here.settings_dict["OPTIONS"], **settings.pop("OPTIONS", {})}
        here.settings_dict = {**here.settings_dict, **settings, "OPTIONS": options}
        try:
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def together(*functions: Callable[[], T]) -> list[T]:
    """Call all at one moment, each in its own thread and connection; their results in order.

    An error in any of them is raised here.
    """
    start = threading.Barrier(len(functions))

    def work(function: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result() for future in [pool.submit(work, function) for function in functions]]


def meanwhile(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Do the second in a transaction of its own while that of the first is done and not yet committed."""

    def work() -> None:
        try:
            with transaction.atomic():
                second()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            future = pool.submit(work)
            # Long enough for it to have looked, if it does not wait.
            time.sleep(0.3)
        future.result()


# Where no database answers, for each engine.
NOWHERE: dict[str, Any] = (
    {"NAME": "/nowhere/at-all.sqlite3"} if connection.vendor == SQLITE else {"HOST": "/nowhere"}
)
# A tenth of a second is long enough to know that somebody else holds the lock.
IMPATIENT: dict[str, Any] = {
    "OPTIONS": {"timeout": 0.1} if connection.vendor == SQLITE else {"options": "-c lock_timeout=100"}
}


@contextmanager
def held(*tables: str) -> Iterator[None]:
    """Another program holds these tables for itself; on SQLite, the right to write anything."""
    holding, release = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN IMMEDIATE" if connection.vendor == SQLITE else "BEGIN")
                for table in tables if connection.vendor != SQLITE else ():
                    cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                holding.set()
                release.wait(timeout=60)
                cursor.execute("ROLLBACK")
        finally:
            holding.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        holding.wait(timeout=60)
        try:
            yield
        finally:
            release.set()
            future.result()
