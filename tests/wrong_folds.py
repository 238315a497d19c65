"""Folds that are wrong in one thing each: what the tests of the fold and of the invariants must notice."""

from optins.consent.fold import STOPS, Facts, fold


def of_the_winners_only(events, purpose):
    """Keeps a stop, a grant and a proof as events arrive, and forgets the rest."""
    kept = []
    for event in events:
        facts = fold([*kept, event], purpose)
        kept = [e for e in {facts.stop, facts.grant, facts.proof} if e]
    return fold(kept, purpose)


def by_arrival(events, purpose):
    """The last to come decides."""
    mine = [e for e in events if e.purpose_id in (purpose, None)]
    last = mine[-1] if mine else None
    yes = last if last and last.kind == "given" else None
    return Facts(last if last and not yes else None, yes, yes)


def by_counting(events, purpose):
    """A second copy of a stop takes it back."""
    stops = [e for e in events if e.purpose_id in (purpose, None) and e.kind in STOPS]
    return fold(events if len(stops) % 2 else [e for e in events if e not in stops], purpose)


def by_the_newest_grant(events, purpose):
    """There is a proof only while the newest grant is one."""
    facts = fold(events, purpose)
    return Facts(facts.stop, facts.grant, facts.grant if facts.grant and facts.grant.proved else None)


def by_time_alone(events, purpose):
    """Whatever is newer than the stop stands, to the microsecond, whoever said it."""
    facts = fold(events, purpose)
    newest = [e for e in events if e.kind == "given" and e.purpose_id == purpose]
    after = [e for e in newest if facts.stop is None or e.occurred_at > facts.stop.occurred_at]
    last = max(after, key=lambda e: (e.occurred_at, e.key), default=None)
    return Facts(facts.stop, last, last if last and last.proved else None)


def without_erasure(events, purpose):
    return fold([e for e in events if e.kind != "erased"], purpose)
