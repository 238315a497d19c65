"""Whatever somebody changes past the database's own guards, a verification finds and names it."""

import pytest
from django.db import connection

from optins.consent import sealing
from optins.consent.verification import Finding, verify
from optins.models import ConsentEvent, Seal, SealedEvent
from tests.proof.tampering import Intruder, let_in
from tests.signals import NOW, TIPS, no, record_all, undone, word, yes

# 1,000 in all. After each the whole ledger is verified, which takes longer on PostgreSQL, and finds the same.
CHANGES = 250 if connection.vendor == "sqlite" else 50


@pytest.fixture
def ledger(clinic):
    """Some seventy events of twenty people under five heads, two of them under none."""
    for person in range(20):
        digits = f"2782000{person:04}"
        plans = [yes(f"{person}/a", digits=digits), word(f"{person}/b", 1, TIPS, digits=digits)]
        record_all(clinic, *plans, *([no(f"{person}/c", 5, digits=digits)] if person % 3 == 0 else []))
        if person % 4 == 3:
            sealing.seal(clinic.organisation, NOW)
    record_all(clinic, yes("late", digits="27820009999"))
    assert (ConsentEvent.objects.count(), Seal.objects.count()) == (69, 5)
    let_in()
    return clinic


def findings(**more):
    results = [each for each in verify(now=NOW, **more) if isinstance(each, Finding)]
    return [each for each in results if each.is_problem]


@pytest.mark.parametrize("part", range(4))
def test_every_one_of_many_random_changes_is_found_and_named_and_none_in_an_untouched_ledger(ledger, part):
    assert findings() == []
    missed = []
    for seed in range(part * CHANGES, (part + 1) * CHANGES):
        with undone():
            change = Intruder(seed).change()
            found = findings()
        if not any(name in (each.id, each.id.split("/")[0]) for each in found for name in change.names):
            missed.append((change, found))
    assert not missed, "\n".join(
        f"{change.text} | {sorted(change.names)} | {[(f.kind, f.id) for f in found][:5]}"
        for change, found in missed
    )
    assert findings() == []


@pytest.mark.parametrize("model", [ConsentEvent, SealedEvent, Seal])
def test_what_is_moved_to_another_organisation_is_found(ledger, stranger, model):
    for row in (model.objects.order_by("pk").first(), model.objects.order_by("pk").last()):
        with undone():
            model.objects.filter(pk=row.pk).update(organisation=stranger.organisation)
            assert findings(), row
