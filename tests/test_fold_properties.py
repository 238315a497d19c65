"""What the fold promises for any history, each promise with wrong folds that it catches."""

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from optins.consent.fold import OWN, STOPS, Facts, fold, second
from tests import acts
from tests.acts import REMINDERS, TIPS, histories, keys, moment, stop
from tests.acts import given as grant
from tests.wrong_folds import (
    by_arrival,
    by_counting,
    by_the_newest_grant,
    by_time_alone,
    of_the_winners_only,
    without_erasure,
)

pytestmark = pytest.mark.once

# Each promise is a question about any fold, so that a wrong one can be put to the same question


def definition(events, purpose):
    """The text of the reference, word for word but for the names of fields."""
    mine = {e for e in events if e.purpose_id in (purpose, None)}
    erased = any(e.kind == "erased" for e in mine)
    voided = {e.voids for e in mine if e.kind == "invalidated" and e.voids}
    last = max(
        (e for e in mine if e.kind in STOPS and not e.voids),
        key=lambda e: (second(e.occurred_at), STOPS[e.kind], e.key),
        default=None,
    )

    def stands(e):
        if erased or e.kind != "given" or e.key in voided:
            return False
        if last is None:
            return True
        asked = second(min(e.asked_at or e.occurred_at, e.occurred_at))
        return e.actor in OWN and e.proved and asked > second(last.occurred_at)

    standing = {e for e in mine if stands(e)}
    newest = {"key": lambda e: (second(e.occurred_at), e.key), "default": None}
    return Facts(last, max(standing, **newest), max((e for e in standing if e.proved), **newest))


def follows_the_definition(folded, events, _other):
    return all(folded(events, p) == definition(events, p) for p in (REMINDERS, TIPS))


def order_does_not_matter(folded, events, other):
    return keys(events, folded=folded) == keys(other, folded=folded)


def repetition_does_not_matter(folded, events, other):
    return keys(events, folded=folded) == keys([*events, *other[:3]], folded=folded)


def a_weaker_grant_never_takes_away(folded, events, _other):
    """Neither by coming later nor by being newer; a proof stays the very same."""
    _stop, before, proved = keys(events, folded=folded)
    for actor in acts.ACTORS:
        for at in (0, 2, 99):
            weaker = [*events, grant("weaker", at, actor=actor)]
            _stop, after, still = keys(weaker, folded=folded)
            if still != proved or (before and not after):
                return False
    return True


def after_a_stop_only_the_persons_own_fresh_proof_stands(folded, events, _other):
    facts = folded(events, REMINDERS)
    standing = [e for e in (facts.grant, facts.proof) if e and facts.stop]
    return all(
        e.actor in OWN
        and e.proved
        and second(e.asked_at or e.occurred_at) > second(facts.stop.occurred_at)
        and second(e.occurred_at) > second(facts.stop.occurred_at)
        for e in standing
    )


def the_latest_seconds_stop_wins(folded, events, _other):
    """One more stop, in the second of the latest act: nothing from that second or before stands."""
    latest = max((e.occurred_at for e in events), default=moment(0))
    ended = folded([*events, acts.Act("z", "withdrawn", second(latest))], REMINDERS)
    return ended.stop is not None and ended.grant is None and ended.proof is None


def erasure_is_final(folded, events, _other):
    return folded([*events, stop("z", 0, "erased")], REMINDERS).grant is None


PROPERTIES = {
    follows_the_definition: (of_the_winners_only, by_arrival, by_counting, by_time_alone, without_erasure),
    order_does_not_matter: (of_the_winners_only, by_arrival),
    repetition_does_not_matter: (by_counting, by_arrival),
    a_weaker_grant_never_takes_away: (by_the_newest_grant, by_arrival),
    after_a_stop_only_the_persons_own_fresh_proof_stands: (by_time_alone,),
    the_latest_seconds_stop_wins: (by_time_alone, by_counting),
    erasure_is_final: (without_erasure, by_time_alone),
}
two_orders = histories.flatmap(lambda events: st.tuples(st.just(events), st.permutations(events)))


@pytest.mark.parametrize("holds", PROPERTIES)
def test_the_fold_keeps_its_promise_for_any_history(holds):
    @settings(max_examples=200)
    @given(two_orders)
    def check(history):
        assert holds(fold, *history)

    check()


@pytest.mark.parametrize(
    ("holds", "wrong"), [(holds, wrong) for holds, all_wrong in PROPERTIES.items() for wrong in all_wrong]
)
def test_the_promise_catches_a_fold_that_is_wrong(holds, wrong):
    # The same examples each time, and the first that breaks it: a smaller one would prove no more.
    search = settings(max_examples=20_000, derandomize=True, database=None, phases=[Phase.generate])
    broken = find(two_orders, lambda history: not holds(wrong, *history), settings=search)
    assert holds(fold, *broken)
