"""The triggers behind the guards: all there, noticed when not, and put back after each migration."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from optins.models import ConsentEvent, guards
from tests import signals
from tests.raw import refused, removing, setting, sql
from tests.signals import record_all, yes


def test_every_trigger_is_there_and_readyz_says_so(client, db):
    assert guards.missing(connection) == set()
    assert client.get("/readyz").json() == {"ready": True, "problems": []}


@pytest.mark.parametrize("name", sorted(guards.RULES))
def test_one_that_is_missing_or_weakened_is_noticed_and_put_back(client, db, name):
    table = guards.RULES[name][0]
    on = "" if connection.vendor == "sqlite" else f" ON {table}"
    weakened = [f"DROP TRIGGER {name}{on}", _harmless(name, table)]
    for statements in (weakened[:1], weakened):
        with signals.undone():
            for statement in statements:
                sql(statement)()
            answer = client.get("/readyz")
            assert (answer.status_code, guards.missing(connection)) == (503, {name})
            assert name in answer.json()["problems"][0]
            guards.install(connection)
            assert client.get("/readyz").status_code == 200


def _harmless(name, table):
    """A trigger of the same name that does nothing."""
    if connection.vendor == "sqlite":
        return f"CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN 0 BEGIN SELECT 1; END"
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
    return (
        f"{function} AS $$ BEGIN RETURN NEW; END $$; "
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def test_one_that_is_switched_off_is_missing(db):
    """SQLite has no such switch; there a trigger is there or not."""
    if connection.vendor == "postgresql":
        sql("ALTER TABLE optins_consentevent DISABLE TRIGGER optins_consentevent_delete")()
        assert guards.missing(connection) == {"optins_consentevent_delete"}
        guards.install(connection)
    assert guards.missing(connection) == set()


@pytest.fixture
def a_later_migration(settings, tmp_path, monkeypatch):
    """A migration after all of ours that changes a column of each guarded table; SQLite rebuilds them."""
    leaf = MigrationLoader(connection).graph.leaf_nodes("optins")[0][1]
    package = tmp_path / "later_migrations"
    package.mkdir()
    ours = apps.get_app_config("optins").path
    (package / "__init__.py").write_text(f"__path__.append({ours + '/migrations'!r})\n")
    longer = "migrations.AlterField({!r}, {!r}, models.CharField(max_length=77))".format
    changes = [longer(*which) for which in (("consentevent", "language"), ("noticetranslation", "title"))]
    changes.append("migrations.AlterField('noticeversion', 'number', models.BigIntegerField())")
    (package / "later.py").write_text(
        "from django.db import migrations, models\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [('optins', {leaf!r})]\n    operations = [{', '.join(changes)}]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MIGRATION_MODULES = {"optins": "later_migrations"}
    return leaf


@pytest.mark.django_db(transaction=True)
def test_they_survive_migrations_that_rebuild_their_tables_there_and_back(
    live_clinic, client, a_later_migration
):
    record_all(live_clinic, yes("a"))
    for target in ("later", a_later_migration):
        call_command("migrate", "optins", target, verbosity=0)
        assert guards.missing(connection) == set()
        assert refused(removing("optins_consentevent"))
        assert refused(setting(guards.TRANSLATION, "body = 'x'"))
        assert refused(setting(guards.VERSION, "number = 7"))
    assert ConsentEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_all_migrations_go_backwards_and_forwards_again(live_clinic, client):
    call_command("migrate", "optins", "zero", verbosity=0)
    assert not [t for t in connection.introspection.table_names() if t.startswith("optins_")]
    assert client.get("/readyz").status_code == 503
    call_command("migrate", verbosity=0)
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    "model", list(apps.get_app_config("optins").get_models()), ids=lambda model: model.__name__
)
def test_every_constraint_and_index_has_a_name_that_people_can_read(model):
    names = [rule.name for rule in (*model._meta.constraints, *model._meta.indexes)]
    assert not [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)]
    assert not [name for name in names if re.search(r"_(uniq|idx|check|fk)$|_[0-9a-f]{6,}", name)]
    assert not model._meta.unique_together
