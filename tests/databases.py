"""A second connection to the test's database: what it sees, and how it gets in the way."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from django.db import connection

PATIENCE_MS = 200


def another() -> Any:
    """A connection of its own, in autocommit."""
    if connection.vendor == "sqlite":
        return sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    known = connection.get_connection_params()
    wanted = {name: known[name] for name in ("dbname", "user", "password", "host", "port") if name in known}
    return psycopg.connect(**wanted, autocommit=True)


def seen_by_others(table: str) -> int:
    """The rows of a table that another connection sees: those that are committed."""
    with closing(another()) as other:
        return int(other.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  a constant


@contextmanager
def held_up_writes(table: str, *, also_on_sqlite: bool = True) -> Iterator[bool]:
    """Another connection keeps everybody from writing to this table; SQLite has one lock for all tables.

    Our own connection has little patience meanwhile. Gives whether anything is held up.
    """
    if connection.vendor == "sqlite" and not also_on_sqlite:
        yield False
        return
    with closing(another()) as other:
        if connection.vendor == "sqlite":
            other.execute("BEGIN IMMEDIATE")
        else:
            other.execute("BEGIN")
            other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        with _impatient():
            yield True
        other.execute("ROLLBACK")


@contextmanager
def _impatient() -> Iterator[None]:
    little, usual = (
        (f"PRAGMA busy_timeout = {PATIENCE_MS}", "PRAGMA busy_timeout = 20000")
        if connection.vendor == "sqlite"
        else (f"SET lock_timeout = {PATIENCE_MS}", "SET lock_timeout = 0")
    )
    with connection.cursor() as cursor:
        cursor.execute(little)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(usual)
