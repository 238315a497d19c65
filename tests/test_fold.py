"""What a set of events adds up to: every case that is easily got wrong. The properties are next door."""

import pytest

from optins.consent.fold import STOPS, fold
from tests.acts import REMINDERS, TIPS, keys, proof, stop, void
from tests.acts import given as grant

pytestmark = pytest.mark.once


@pytest.mark.parametrize("fraction", [0, 0.4, 0.999])
def test_a_stop_wins_its_whole_second(fraction):
    assert keys([stop("no", 5), proof("yes", 5 + fraction)]) == ("no", None, None)
    assert keys([stop("no", 5 + fraction), proof("yes", 5)]) == ("no", None, None)
    assert keys([stop("no", 5 + fraction), proof("yes", 6)]) == ("no", "yes", "yes")


def test_an_answer_counts_by_the_second_of_its_question_and_not_by_its_own():
    assert keys([stop("no", 5), proof("yes", 9, asked=5.9)]) == ("no", None, None)
    assert keys([stop("no", 5.9), proof("yes", 9, asked=6)]) == ("no", "yes", "yes")


def test_an_answer_dated_before_its_question_counts_by_its_own_second():
    assert keys([stop("no", 5), proof("yes", 5, asked=9)]) == ("no", None, None)


def test_a_proof_without_a_question_counts_by_its_own_second():
    assert keys([stop("no", 5), grant("yes", 6, proved=True)]) == ("no", "yes", "yes")


def test_the_stops_own_keep_this_one_counts_when_it_was_asked_a_second_later():
    assert keys([stop("no", 5), proof("keep", 6, asked=6)]) == ("no", "keep", "keep")
    assert keys([stop("no", 5), proof("keep", 6, asked=5)]) == ("no", None, None)


def test_a_late_stop_between_question_and_answer_of_the_newest_grant_leaves_an_older_one_standing():
    older, newest = proof("older", 8, asked=7), proof("newest", 10, asked=2)
    assert keys([older, newest]) == (None, "newest", "newest")
    assert keys([older, newest, stop("late", 5)]) == ("late", "older", "older")


def test_of_stops_in_one_second_the_weightier_is_named_and_of_equal_ones_the_greater_key():
    ranked = [stop(kind, 5, kind) for kind in STOPS]
    for size in range(1, len(ranked) + 1):
        assert fold(ranked[:size], REMINDERS).stop == ranked[size - 1]
    assert keys([stop("a", 5.9), stop("b", 5)])[0] == "b"


def test_of_grants_in_one_second_the_greater_key_is_named_whatever_the_fraction():
    assert keys([proof("a", 5.9), proof("b", 5)]) == (None, "b", "b")


def test_a_void_takes_one_grant_back_and_is_no_stop():
    row, other = grant("row", 5), grant("other", 4)
    assert keys([row, void("oops", 9, of="row")]) == (None, None, None)
    assert keys([row, other, void("oops", 9, of="row")]) == (None, "other", None)


def test_a_void_counts_whenever_it_is_dated_and_before_its_grant_is_known():
    assert keys([void("oops", 1, of="row"), grant("row", 5)]) == (None, None, None)
    assert keys([void("oops", 1, of="row")]) == (None, None, None)


def test_a_stop_is_never_voided():
    assert keys([stop("no", 5), void("oops", 9, of="no")]) == ("no", None, None)


def test_a_void_of_another_purpose_takes_nothing_back_here():
    assert keys([grant("row", 5), void("oops", 9, of="row", purpose_id=TIPS)]) == (None, "row", None)


def test_an_invalidation_without_a_void_is_a_stop():
    assert keys([proof("yes", 5), stop("hands", 6, "invalidated")]) == ("hands", None, None)


@pytest.mark.parametrize("at", [1, 5, 9])
def test_erased_is_final_whenever_it_happened(at):
    assert keys([stop("gone", at, "erased", purpose_id=None), proof("yes", 5), proof("again", 99)])[1:] == (
        None,
        None,
    )


def test_a_stop_of_everything_covers_each_purpose_also_one_without_an_event():
    everything = stop("all", 5, purpose_id=None)
    assert keys([everything, proof("yes", 4)]) == ("all", None, None)
    assert keys([everything], TIPS) == ("all", None, None)
    assert keys([everything], 77) == ("all", None, None)


def test_a_purpose_that_comes_later_is_granted_only_by_what_was_asked_after_the_stop_of_everything():
    everything = stop("all", 5, purpose_id=None)
    assert keys([everything, grant("import", 9, actor="import", purpose_id=77)], 77) == ("all", None, None)
    assert keys([everything, proof("yes", 9, purpose_id=77)], 77) == ("all", "yes", "yes")


def test_a_stop_of_one_purpose_says_nothing_about_another():
    assert keys([stop("no", 5), grant("yes", 4, purpose_id=TIPS)], TIPS) == (None, "yes", None)


def test_without_a_stop_an_unproved_grant_is_a_grant_and_no_proof():
    assert keys([proof("own", 4), grant("desk", 5, actor="staff")]) == (None, "desk", "own")


def test_nothing_adds_up_to_nothing():
    assert keys([]) == (None, None, None)
