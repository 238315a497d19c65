"""Whatever somebody changes past the database's own guards, a verification finds and names it."""

import pytest

from optins.consent import removals, sealing
from optins.consent.verification import Finding, verify
from optins.models import ConsentEvent, Evidence, Seal, SealedEvent
from tests.proof.tampering import Intruder, let_in
from tests.signals import NOW, TIPS, no, record_all, undone, word, yes

# 1,000 in all, and after each one the ledger is verified. The first part, on both engines: none of the
# finding is the engine's.
CHANGES = 250
PARTS = [0, *(pytest.param(part, marks=pytest.mark.once) for part in (1, 2, 3))]
PEOPLE = 4


@pytest.fixture
def ledger(clinic):
    """Sixteen events of five people under four heads, two of them under none; the evidence of one is gone."""
    for person in range(PEOPLE):
        digits = f"2782000{person:04}"
        plans = [yes(f"{person}/a", digits=digits), word(f"{person}/b", 1, TIPS, digits=digits)]
        record_all(clinic, *plans, *([no(f"{person}/c", 5, digits=digits)] if person % 3 == 0 else []))
        sealing.seal(clinic.organisation, NOW)
    record_all(clinic, yes("late", digits="27820009999"))
    gone = Evidence.objects.filter(event__contact__identifiers__value="+27820000001")
    removals.remove(gone, removals.Reason.TIME, NOW)
    assert (ConsentEvent.objects.count(), SealedEvent.objects.count(), Seal.objects.count()) == (16, 14, 4)
    let_in()
    return clinic


def findings():
    """The problems, one by one as they are found."""
    return (each for each in verify(now=NOW) if isinstance(each, Finding) and each.is_problem)


def what_is_missed(seed):
    """One change, alone in the ledger: what a verification says instead of naming it; None where it does."""
    found = []
    with undone():
        change = Intruder(seed).change()
        for each in findings():
            found.append((each.kind, each.id))
            if not change.names.isdisjoint((each.id, each.id.split("/")[0])):
                return None
    return f"{change.text} | {sorted(change.names)} | {found[:5]}"


@pytest.mark.parametrize("part", PARTS)
def test_every_one_of_many_random_changes_is_found_and_named_and_none_in_an_untouched_ledger(ledger, part):
    assert list(findings()) == []
    seeds = range(part * CHANGES, (part + 1) * CHANGES)
    missed = [missed for missed in map(what_is_missed, seeds) if missed]
    assert not missed, "\n".join(missed)
    assert list(findings()) == []


@pytest.mark.parametrize("model", [ConsentEvent, SealedEvent, Seal])
def test_what_is_moved_to_another_organisation_is_found(ledger, stranger, model):
    for row in (model.objects.order_by("pk").first(), model.objects.order_by("pk").last()):
        with undone():
            model.objects.filter(pk=row.pk).update(organisation=stranger.organisation)
            assert list(findings()), row
