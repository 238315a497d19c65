"""Raw SQL in tests, and whether the database takes it."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, InternalError, connection, transaction


def sql(statement: str, *values: Any) -> Callable[[], None]:
    """Something to do: run this statement."""

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)

    return work


def setting(table: str, assignment: str, *values: Any) -> Callable[[], None]:
    """Something to do: change every row of a table."""
    return sql(f"UPDATE {table} SET {assignment}", *values)  # noqa: S608  the tests' own words


def removing(table: str, where: str = "1 = 1") -> Callable[[], None]:
    """Something to do: remove rows of a table."""
    return sql(f"DELETE FROM {table} WHERE {where}")  # noqa: S608  the tests' own words


def refused(work: Callable[[], object]) -> bool:
    """Whether the database refuses it; whatever it does is undone."""
    try:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)
    except (IntegrityError, InternalError):
        return True
    return False
