"""The brand's colour on the hosted page: whatever it is, words can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_capture.website import context

pytestmark = pytest.mark.once


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_any_brand_colour_gives_words_that_can_be_read(colour):
    brand = context.palette(colour)
    assert brand["colour"] == colour
    pairs = [
        (brand["text"], colour),
        (brand["light"], "#ffffff"),
        (brand["light"], "#f4f2ed"),
        ("#1e2226", brand["light_tint"]),
        (brand["dark_text"], brand["dark"]),
        (brand["dark"], "#23262c"),
        (brand["dark"], "#16181c"),
        ("#eceae6", brand["dark_tint"]),
    ]
    assert [pair for pair in pairs if context.contrast(*pair) < 4.5] == []


def test_contrast_is_wcags():
    assert context.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert context.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
