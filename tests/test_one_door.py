"""``optins/consent/recording.py`` is the only code that writes the ledger and its records."""

import ast

import pytest

from tests import sources

DOOR = "optins.consent.recording"
KEPT = {"ConsentEvent", "ConsentRecord"}
# What a contact, a purpose, a channel or a request calls its events and records.
RELATED = {"events", "records"}
WRITES = {"create", "acreate", "bulk_create", "abulk_create", "get_or_create", "update_or_create", "update",
          "bulk_update", "delete", "add", "set"}  # fmt: skip
TABLES = ("optins_consentevent", "optins_consentrecord")


def names(node):
    """Every name and attribute in a chain such as ``ConsentEvent.objects.filter(…).update``."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        else:
            if isinstance(node, ast.Name):
                yield node.id
            return


def writes(tree):
    """The lines that make or change an event or a record, by model, by relation or by SQL."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            chain = list(names(node))
            makes = isinstance(node.func, ast.Name | ast.Attribute) and chain[0] in KEPT
            changes = (
                chain and chain[0] in WRITES and (KEPT & set(chain) or (chain[1:2] and chain[1] in RELATED))
            )
            if makes or changes:
                yield node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.lower()
            if any(
                table in text and word in text for table in TABLES for word in ("insert ", "update ", "copy ")
            ):
                yield node.lineno


def test_only_the_one_door_writes_consent():
    found = {module: list(writes(tree)) for module, tree in sources.modules().items()}
    assert found.pop(DOOR)
    assert {module: lines for module, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "ConsentEvent(kind='given')",
        "models.ConsentRecord(stop=None)",
        "ConsentEvent.objects.create(kind='given')",
        "ConsentEvent.objects.filter(pk=1).update(kind='given')",
        "ConsentRecord._default_manager.update_or_create(contact=c)",
        "def f():\n    ConsentRecord.objects.bulk_create(rows)",
        "contact.events.create(kind='given')",
        "purpose.records.update_or_create(contact=c)",
        "cursor.execute('INSERT INTO optins_consentevent VALUES (1)')",
        "ConsentRecord.objects.all().delete()",
    ],
)
def test_another_one_is_noticed(source):
    assert list(writes(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "ConsentEvent.objects.filter(contact=c).first()",
        "contact.events.filter(kind='given').exists()",
        "ConsentEvent.Kind(kind)",
        "ReviewItem.objects.create(contact=c)",
        "identifiers.update(last_heard_at=at)",
        "cursor.execute('SELECT 1 FROM optins_consentevent')",
    ],
)
def test_reading_is_free(source):
    assert not list(writes(ast.parse(source)))
