"""Short codes: easy to type, hard to mistype into another one, unique."""

import string
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from channels_capture import placement_codes as codes
from channels_capture import placements
from optins.models import Placement

pytestmark = pytest.mark.once

some_code = st.builds(codes.make, st.integers(codes.SHORTEST, 12))


@given(some_code)
def test_a_code_has_only_letters_and_digits_that_are_read_for_nothing_else(code):
    assert set(code) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert codes.is_whole(code)


@given(some_code, st.data())
def test_one_wrong_character_never_makes_another_code(code, data):
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from([char for char in codes.ALPHABET if char != code[place]]))
    assert not codes.is_whole(code[:place] + wrong + code[place + 1 :])


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_code_or_none(text):
    assert codes.is_whole(text) in (True, False)


def test_a_new_placement_gets_a_code_of_five_characters(clinic):
    made = {placements.add(clinic.web, label=str(number)).code for number in range(50)}
    assert len(made) == 50
    assert {len(code) for code in made} == {codes.SHORTEST}
    assert all(map(codes.is_whole, made))


def test_a_code_that_is_taken_is_made_anew_and_grows_when_they_become_scarce(clinic, monkeypatch):
    taken = placements.add(clinic.web, label="First").code
    asked = []

    def scarce(length=codes.SHORTEST):
        asked.append(length)
        return taken if length == codes.SHORTEST else "23456Z"

    monkeypatch.setattr(codes, "make", scarce)
    assert placements.add(clinic.web, label="Second").code == "23456Z"
    assert asked == [codes.SHORTEST] * 10 + [codes.SHORTEST + 1]


def test_what_cannot_be_saved_for_another_reason_is_not_tried_again(clinic):
    with pytest.raises(IntegrityError):
        placements.add(clinic.web, label=None)


def test_the_database_refuses_a_second_placement_with_the_code(clinic):
    code = placements.add(clinic.web, label="First").code
    with pytest.raises(IntegrityError):
        Placement.objects.create(channel=clinic.tap, label="Second", code=code)


@pytest.mark.parametrize("write", [str.lower, str.upper, str.swapcase, lambda code: f" {code} "])
def test_a_code_is_found_however_its_letters_are_typed(poster, write):
    assert placements.find(write(poster.code)) == poster


@pytest.mark.parametrize("typed", ["", "\x00", "A" * 17, "../x", "ÄÖÜ", "' OR 1=1", *string.punctuation])
def test_what_is_no_code_finds_nothing(poster, typed):
    assert placements.find(typed) is None


def test_a_placement_belongs_to_its_own_channel_only(clinic, poster):
    assert placements.of(clinic.tap, poster.code) == poster
    assert placements.of(clinic.web, poster.code) is None


def test_two_who_add_sources_at_once_get_two_codes(live_clinic, monkeypatch):
    """Both are handed the same code first, as if by chance."""
    handed = ["22222", "22222", *(codes.make() for _ in range(8))]
    monkeypatch.setattr(codes, "make", lambda _length=5: handed.pop(0))

    def add(number):
        try:
            return placements.add(live_clinic.web, label=str(number)).code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(add, range(2)))
    assert len(set(made)) == 2
