"""Triggers: the database itself refuses to change the ledger or published wording.

SQLite drops a table's triggers when a schema change rebuilds it, so they are installed after
every migration, and ``missing`` tells ``/readyz`` and the tests whether they are all there.
"""

from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

LEDGER = {
    "optins_consentevent": "The ledger is append-only",
    "optins_auditentry": "The audit is append-only",
    "optins_evidenceremoval": "What was removed stays on record",
    "optins_seal": "Seals are append-only",
    "optins_sealedevent": "Seals are append-only",
}
VERSION = "optins_noticeversion"
TRANSLATION = "optins_noticetranslation"
WORDING = "Published wording never changes"
_OPEN = "('draft', 'in_review')"
# What a version keeps when it is retired: everything but the two fields that say so.
FROZEN = (
    *("id", "notice_id", "number", "change", "author_id", "approver_id", "published_at"),
    *("submitted_at", "returned_because", "approved_alone", "checked"),
)


def _publication(*columns: str) -> str:
    versions = f"SELECT 1 FROM {VERSION} WHERE id IN ({', '.join(columns)})"  # noqa: S608  constants
    return f"EXISTS ({versions} AND status NOT IN {_OPEN})"


# SAME is "equal, or both null", which each engine has its own word for.
_IS_RETIRED = "OLD.status = 'published' AND NEW.status = 'retired'"
_ONLY_RETIRED = " AND ".join([_IS_RETIRED, *(f"NEW.{name} SAME OLD.{name}" for name in FROZEN)])
_SAME = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}

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
    f"{TRANSLATION}_update": (
        TRANSLATION,
        "UPDATE",
        _publication("OLD.version_id", "NEW.version_id"),
        WORDING,
    ),
    f"{TRANSLATION}_delete": (TRANSLATION, "DELETE", _publication("OLD.version_id"), WORDING),
}
# TRUNCATE exists on PostgreSQL alone.
TRUNCATED = (*LEDGER, VERSION, TRANSLATION)


def _sqlite(name: str) -> str:
    table, action, condition, message = RULES[name]
    condition = condition.replace("SAME", _SAME["sqlite"])
    return (
        f"CREATE TRIGGER {name} BEFORE {action} ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql(name: str) -> str:
    """The body of the function behind the trigger."""
    _table, action, condition, message = RULES[name]
    condition = condition.replace("SAME", _SAME["postgresql"])
    result = "OLD" if action == "DELETE" else "NEW"
    refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'"
    return f"BEGIN IF {condition} THEN {refuse}; END IF; RETURN {result}; END"


def _postgresql_truncate(table: str) -> str:
    return (
        f"BEGIN RAISE EXCEPTION '{table} is never truncated' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END"
    )


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Every trigger that this engine should have: its table and its text."""
    if connection.vendor == "sqlite":
        return {name: (rule[0], _sqlite(name)) for name, rule in RULES.items()}
    wanted = {name: (rule[0], _postgresql(name)) for name, rule in RULES.items()}
    return wanted | {f"{table}_truncate": (table, _postgresql_truncate(table)) for table in TRUNCATED}


def _present(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """The enabled triggers of the database: table and text of each."""
    catalogue = (
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname, relname, prosrc FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal AND pg_table_is_visible(tgrelid)"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        return {name: (table, text) for name, table, text in cursor.fetchall()}


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the triggers that are not there, not enabled, or not as they should be."""
    present = _present(connection)
    return {name for name, wanted in _wanted(connection).items() if present.get(name) != wanted}


def install(connection: BaseDatabaseWrapper) -> None:
    """Create what is missing or outdated; harmless where all is well."""
    wanted = _wanted(connection)
    absent = missing(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _drop(connection, absent)
        for name in sorted(absent):
            table, text = wanted[name]
            if connection.vendor == "sqlite":
                cursor.execute(text)
                continue
            action = RULES[name][1] if name in RULES else "TRUNCATE"
            each = "FOR EACH ROW " if name in RULES else ""
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${text}$$"
            )
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE {action} ON {table} {each}EXECUTE FUNCTION {name}()"
            )


def _drop(connection: BaseDatabaseWrapper, names: set[str]) -> None:
    tables = {name: table for name, (table, _text) in _wanted(connection).items()}
    with connection.cursor() as cursor:
        for name in sorted(names):
            on = f" ON {tables[name]}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def lift(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers. Only the test suite's clean-up between tests may."""
    _drop(connection, set(_wanted(connection)))


def step_aside_for_migrations(using: str, plan: list[Any], **_: Any) -> None:
    """Receiver of ``pre_migrate``: SQLite cannot rebuild a table that another table's trigger reads.

    Those on translations read the versions. The ledger's triggers stay.
    """
    connection = connections[using]
    if connection.vendor == "sqlite" and plan:
        _drop(connection, {name for name, (table, *_rest) in RULES.items() if table == TRANSLATION})


def install_after_migrate(using: str, **_: Any) -> None:
    """Receiver of ``post_migrate``; on a reverse migration to nothing there is no table to guard."""
    connection = connections[using]
    tables = {table for table, _text in _wanted(connection).values()}
    if tables <= set(connection.introspection.table_names()):
        install(connection)
