"""The invariants that everything stands on, for any signals, through ``record`` and the gate of a database.

Each promise is also put to code that is broken on purpose, and must notice. Cases made by hand are next door.
"""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from optins.consent import recording
from optins.consent.fold import STOPS
from optins.models import ConsentEvent, Contact
from tests import signals, wrong_folds
from tests.signals import BSUID, DIGITS, OTHER_DIGITS, REMINDERS, TIPS, answers, facts, folded, plans

TWO_PEOPLE = ((DIGITS, ""), ("", BSUID))
LINKED = (*TWO_PEOPLE, (DIGITS, BSUID))
EACH = ({"number": f"+{DIGITS}"}, {"bsuid": BSUID})


@pytest.fixture
def clinic(live_clinic):
    """One purpose that a person has to confirm, and one that takes somebody's word."""
    live_clinic.purposes[TIPS].requires_confirmation = False
    live_clinic.purposes[TIPS].save()
    return live_clinic


def contacts():
    """In the order of their identifiers, for their own order is that of arrival."""
    values = {contact: sorted(contact.identifiers.values_list("value")) for contact in Contact.objects.all()}
    return sorted(values, key=lambda contact: values[contact])


def outcome(clinic, order):
    """What the signals come to in this order: records and answers of everybody; then all is undone."""
    with signals.undone():
        signals.record_all(clinic, *order)
        return [facts(contact) for contact in contacts()], [answers(clinic, **who) for who in EACH]


def allowed(clinic, **who):
    return {key for key in clinic.purposes if signals.decide(clinic, key, **who).allowed}


def the_record_is_the_fold_of_its_events_after_each_signal_and_when_rebuilt(clinic, history):
    for plan in history:
        contact = signals.record_all(clinic, plan).contact
        assert facts(contact) == folded(contact)
    before = [answers(clinic, **who) for who in EACH]
    for contact in contacts():
        kept = facts(contact)
        recording.rebuild(contact)
        assert facts(contact) == folded(contact) == kept
    assert [answers(clinic, **who) for who in EACH] == before


def neither_order_nor_repetition_changes_a_record_or_an_answer(clinic, history, shuffled, again):
    expected = outcome(clinic, history)
    assert outcome(clinic, [*again, *shuffled]) == expected
    assert outcome(clinic, [*history, *again]) == expected


def after_a_stop_nothing_foreign_allows_and_no_answer_to_what_was_asked_before(clinic, history, kind, place):
    stop = signals.no("stop", 2, kind=kind)
    stale = signals.yes("stale", 4.9, asked=2.9)
    signals.record_all(clinic, *history[:place], stop, *history[place:], stale)
    assert allowed(clinic) == set()
    # What the person is asked after the last stop, and proves, does count.
    last = max([2, *(plan.at for plan in history if plan.kind in STOPS)])
    signals.record_all(clinic, signals.yes("fresh", last + 1))
    assert allowed(clinic) == (set() if kind == "erased" else {REMINDERS, TIPS})


def the_same_signal_twice_is_one_event_whatever_it_says_the_second_time(clinic, history, which):
    signals.record_all(clinic, *history)
    before = list(ConsentEvent.objects.values_list("key", "occurred_at", "contact"))
    again = history[which % len(history)]
    assert not signals.record_all(clinic, again).is_new
    assert not signals.record_all(clinic, replace(again, at=4.9, digits=OTHER_DIGITS)).is_new
    assert list(ConsentEvent.objects.values_list("key", "occurred_at", "contact")) == before
    # A repetition from somewhere else makes nobody.
    assert not Contact.objects.filter(identifiers__value=OTHER_DIGITS).exists()


def somebodys_word_never_takes_the_persons_yes_away(clinic, history, who, at):
    door, actor = who
    signals.record_all(clinic, *history, signals.yes("own", 5))
    proof = signals.decide(clinic, REMINDERS).event
    assert allowed(clinic) == {REMINDERS, TIPS}
    signals.record_all(clinic, signals.word("weaker", at, door=door, actor=actor))
    assert allowed(clinic) == {REMINDERS, TIPS}
    assert signals.decide(clinic, REMINDERS).event == proof


def a_stop_reaches_whoever_may_be_the_same_person_in_any_order(clinic, history, shuffled):
    """However identifiers come to be linked, nobody is allowed whom one contact for all would deny."""
    assume(any(plan.digits and plan.bsuid for plan in history))
    with signals.undone():
        signals.record_all(clinic, *(replace(plan, digits=DIGITS, bsuid=BSUID) for plan in history))
        most = allowed(clinic)
    for order in (history, shuffled):
        with signals.undone():
            signals.record_all(clinic, *order)
            assert all(allowed(clinic, **who) <= most for who in EACH)
            assert all(facts(contact) == folded(contact) for contact in contacts())


def _with_order(history):
    return st.tuples(st.just(history), st.permutations(history))


def _with_order_and_repetition(history):
    return st.tuples(
        st.just(history), st.permutations(history), st.lists(st.sampled_from(history), max_size=3)
    )


def _folding(wrong):
    return lambda monkeypatch: monkeypatch.setattr(recording, "fold", wrong)


def _replacing(name, function):
    return lambda monkeypatch: monkeypatch.setattr(recording, name, function)


# Each promise, what to try it with, and what would break it.
PROMISES = {
    the_record_is_the_fold_of_its_events_after_each_signal_and_when_rebuilt: (
        st.tuples(plans(8, people=TWO_PEOPLE)),
        _folding(wrong_folds.by_time_alone),
    ),
    neither_order_nor_repetition_changes_a_record_or_an_answer: (
        plans(6, people=TWO_PEOPLE).flatmap(_with_order_and_repetition),
        _folding(wrong_folds.by_arrival),
    ),
    after_a_stop_nothing_foreign_allows_and_no_answer_to_what_was_asked_before: (
        st.tuples(plans(5, own=False), st.sampled_from(list(STOPS)), st.integers(0, 5)),
        _folding(wrong_folds.by_time_alone),
    ),
    the_same_signal_twice_is_one_event_whatever_it_says_the_second_time: (
        st.tuples(plans(5), st.integers(0, 4)),
        _replacing("key_of", lambda *_: uuid4().hex),
    ),
    somebodys_word_never_takes_the_persons_yes_away: (
        st.tuples(plans(5), st.sampled_from(signals.FOREIGN), st.integers(0, 50)),
        _folding(wrong_folds.by_arrival),
    ),
    a_stop_reaches_whoever_may_be_the_same_person_in_any_order: (
        plans(6, people=LINKED).flatmap(_with_order),
        _replacing("_carry_stops", lambda *_: None),
    ),
}


def _put(clinic, promise, how):
    examples, _break = PROMISES[promise]

    @how
    @given(examples)
    def check(drawn):
        with signals.undone():
            promise(clinic, *drawn)

    check()


@pytest.mark.parametrize("promise", PROMISES)
def test_the_promise_is_kept_for_any_signals(clinic, promise):
    # Six signals can be read as they are: to look for fewer would take minutes.
    _put(clinic, promise, settings(max_examples=15, phases=[Phase.reuse, Phase.generate]))


@pytest.mark.parametrize("promise", PROMISES)
def test_it_is_noticed_when_the_promise_is_broken(clinic, monkeypatch, promise):
    _examples, break_it = PROMISES[promise]
    break_it(monkeypatch)
    with pytest.raises(AssertionError):
        _put(
            clinic,
            promise,
            settings(max_examples=500, derandomize=True, database=None, phases=[Phase.generate]),
        )
