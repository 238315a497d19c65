"""The code: read back however it was written, found anywhere, and never taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optins.consent import codes

pytestmark = pytest.mark.once

made = st.builds(codes.make)
place = st.integers(0, codes.LENGTH - 1)


@given(made)
def test_a_code_is_eight_characters_with_letters_and_digits(code):
    assert len(code) == 8
    assert set(code) <= set(codes.ALPHABET)
    assert 2 <= sum(char.isdigit() for char in code) <= 6


@given(made)
def test_a_code_is_read_back_however_it_is_written(code):
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    looks_like = code.replace("0", "O").replace("1", "I")
    for written in (code, code.lower(), wide, looks_like, looks_like.lower(), code.replace("1", "l")):
        assert codes.read(written) == code


@given(made, place, st.sampled_from(codes.ALPHABET))
def test_every_single_wrong_character_is_found(code, place, other):
    wrong = code[:place] + other + code[place + 1 :]
    assert codes.read(wrong) == ("" if wrong != code else code)
    assert wrong == code or not list(codes.candidates(wrong))
    assert wrong == code or codes.looks_like_one(f"My code is {wrong}.")


@given(made, place)
def test_a_missing_or_doubled_character_is_found(code, place):
    for wrong in (code[:place] + code[place + 1 :], code[:place] + code[place] + code[place:]):
        assert code == wrong or codes.read(wrong) == ""


@given(made)
def test_swapped_neighbours_are_found_unless_they_are_0_and_z(code):
    for at in range(7):
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        if swapped != code and {code[at], code[at + 1]} != {"0", "Z"}:
            assert codes.read(swapped) == ""


@given(made, st.lists(st.sampled_from([" ", "  ", "-", " - ", "\u200b", "."]), min_size=7, max_size=7),
       st.sampled_from(["", "Yes, send me tips. ", "はい、", "نعم "]),
       st.sampled_from(["", " thank you", "。", "\n"]))  # fmt: skip
def test_a_code_is_found_anywhere_with_anything_inside_that_is_no_letter(code, inside, before, after):
    spaced = "".join(char + gap for char, gap in zip(code, [*inside, ""], strict=True))
    found = [c.code for c in codes.candidates(f"{before}{spaced}{after}")]
    assert code in found


@given(made)
def test_a_code_is_found_where_it_ran_into_a_word(code):
    for text in (f"WhatsApp.{code}", f"code{code}", f"{code}thanks", f"xx{code}yy"):
        assert code in [c.code for c in codes.candidates(text)]


@given(made)
def test_the_rest_is_the_text_without_the_code(code):
    [candidate] = [c for c in codes.candidates(f"Yes please, {code[:4]} {code[4:]} !") if c.code == code]
    assert candidate.rest.split() == ["Yes", "please,", "!"]


@given(st.text(max_size=200))
def test_no_text_is_too_strange_to_look_at(text):
    for candidate in codes.candidates(text):
        assert codes.read(candidate.code) == candidate.code
    codes.looks_like_one(text)


@pytest.mark.parametrize("text", ["building", "Sicilian", "holiday", "millions", "politics", "12345678",
    "0820000101", "+27 82 000 0101", "12 August", "10:30", "2026-11-23", "Thank you very much", "hello",
    "on 12 May", "ok", "10 mg 2 x 1", "👍", ""])  # fmt: skip
def test_words_dates_and_numbers_do_not_look_like_a_code(text):
    assert not codes.looks_like_one(text)
    assert not list(codes.candidates(text))


@pytest.mark.parametrize("text", ["K7QX4MZ", "k7qx4mzq", "K7QX 4MZQ", "My code: K7QX4MZQ1", "K7Q-X4M-Z1"])
def test_what_was_meant_as_a_code_looks_like_one(text):
    assert codes.looks_like_one(text)


def test_a_long_text_is_looked_at_in_bounded_time():
    assert not list(codes.candidates("A" * 4096))
    assert len(list(codes.candidates("0 " * 4096))) <= 300
