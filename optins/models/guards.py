"""Triggers: the database itself refuses to change the ledger or published wording.

SQLite drops a table's triggers when a schema change rebuilds it, so they are installed after
every migration, and ``missing`` tells ``/readyz`` and the tests whether they are all there.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

LEDGER = {"optins_consentevent": "The ledger is append-only"}
VERSION = "optins_noticeversion"
TRANSLATION = "optins_noticetranslation"
WORDING = "Published wording never changes"
_OPEN = "('draft', 'in_review')"


def _publication(column: str) -> str:
    return f"(SELECT status FROM {VERSION} WHERE id = {column}) NOT IN {_OPEN}"  # noqa: S608  constants


# A published version may only be retired; nothing else of it changes.
_ONLY_RETIRED = (
    "NEW.status = 'retired' AND NEW.notice_id = OLD.notice_id AND NEW.number = OLD.number "
    "AND NEW.change = OLD.change AND NEW.published_at = OLD.published_at"
)

# name: (table, timing, condition, message)
RULES: dict[str, tuple[str, str, str, str]] = {
    **{
        f"{table}_{action.lower()}": (table, action, "1 = 1", message)
        for table, message in LEDGER.items()
        for action in ("UPDATE", "DELETE")
    },
    f"{VERSION}_update": (
        VERSION,
        "UPDATE",
        f"OLD.status NOT IN {_OPEN} AND NOT ({_ONLY_RETIRED})",
        WORDING,
    ),
    f"{VERSION}_delete": (VERSION, "DELETE", f"OLD.status NOT IN {_OPEN}", WORDING),
    f"{TRANSLATION}_insert": (TRANSLATION, "INSERT", _publication("NEW.version_id"), WORDING),
    f"{TRANSLATION}_update": (TRANSLATION, "UPDATE", _publication("OLD.version_id"), WORDING),
    f"{TRANSLATION}_delete": (TRANSLATION, "DELETE", _publication("OLD.version_id"), WORDING),
}
# TRUNCATE exists on PostgreSQL alone.
TRUNCATED = (*LEDGER, VERSION, TRANSLATION)


def _sqlite(name: str) -> str:
    table, action, condition, message = RULES[name]
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {action} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql(name: str) -> list[str]:
    table, action, condition, message = RULES[name]
    result = "OLD" if action == "DELETE" else "NEW"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {result}; END $$",
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _postgresql_truncate(table: str) -> list[str]:
    name = f"{table}_truncate"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table} is never truncated' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE OR REPLACE TRIGGER {name} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {name}()",
    ]


def _names(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Every trigger that this engine should have, with its table."""
    names = {name: rule[0] for name, rule in RULES.items()}
    if connection.vendor == "postgresql":
        names |= {f"{table}_truncate": table for table in TRUNCATED}
    return names


def install(connection: BaseDatabaseWrapper) -> None:
    """Create what is missing; harmless where it exists."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in RULES:
                cursor.execute(_sqlite(name))
            return
        for name in RULES:
            for statement in _postgresql(name):
                cursor.execute(statement)
        for table in TRUNCATED:
            for statement in _postgresql_truncate(table):
                cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers. Only the test suite's clean-up between tests may."""
    with connection.cursor() as cursor:
        for name, table in _names(connection).items():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the triggers that should be there and are not."""
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        present = {row[0] for row in cursor.fetchall()}
    return set(_names(connection)) - present


def install_after_migrate(using: str, **_: Any) -> None:
    """Receiver of ``post_migrate``; on a reverse migration to nothing there is no table to guard."""
    connection = connections[using]
    if set(_names(connection).values()) <= set(connection.introspection.table_names()):
        install(connection)
