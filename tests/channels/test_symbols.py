"""QR codes as they are printed: each is read back, level Q, and no larger than it has to be."""

import string
import xml.etree.ElementTree as ET

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from channels_capture import placement_codes as codes
from channels_capture import placements
from channels_capture.qr_code import symbols
from tests.channels.pictures import from_png, from_svg, read, worn

pytestmark = pytest.mark.once

ALPHANUMERIC = string.digits + string.ascii_uppercase + " $%*+-./:"
SVG = "{http://www.w3.org/2000/svg}"


def modules(text):
    return symbols.make(text).symbol_size(border=0)[0]


@given(st.text(ALPHANUMERIC, min_size=1, max_size=29))
def test_up_to_29_characters_are_at_most_25_modules_wide_at_level_q(text):
    assert symbols.make(text).error == "Q"
    assert modules(text) <= 25


@given(st.text(ALPHANUMERIC, min_size=30, max_size=120))
def test_a_longer_one_is_the_smallest_that_fits(text):
    code = symbols.make(text)
    assert code.error == "Q"
    with pytest.raises(segno.DataOverflowError):
        segno.make(text, error="q", boost_error=False, micro=False, version=int(code.version) - 1)


@pytest.mark.parametrize(
    ("public_url", "size"),
    [
        ("https://o.example.org", 25),
        ("http://127.0.0.1:8000", 25),
        ("https://optin.riverside.example", 29),
        ("https://sign-up.a-very-long-name.of-an-organisation.example.co.za", 37),
    ],
)
def test_each_printed_address_is_read_back_from_each_file(poster, settings, public_url, size):
    settings.PUBLIC_URL = public_url
    address = placements.address(poster)
    assert address == f"{public_url.upper()}/Q/{poster.code}"
    assert modules(address) == size
    for picture in (
        from_png(symbols.png_file(address)),
        from_svg(symbols.svg_file(address).decode()),
        from_svg(symbols.svg_element(address)),
    ):
        assert (read(picture).text, read(picture).ec_level) == (address, "Q")


@given(st.builds(codes.make))
def test_every_code_of_ours_is_read_back_at_25_modules(code):
    address = f"HTTPS://O.EXAMPLE.ORG/Q/{code}"
    found = read(from_svg(symbols.svg_element(address)))
    assert (found.text, found.ec_level) == (address, "Q")
    assert modules(address) == 25


def test_a_print_that_is_turned_and_out_of_focus_is_still_read(poster):
    address = placements.address(poster)
    assert read(worn(from_svg(symbols.svg_element(address), scale=8))).text == address


def test_the_svg_file_is_black_on_a_white_ground_with_its_quiet_zone_and_a_size(poster, settings):
    settings.PUBLIC_URL = "https://o.example.org"
    root = ET.fromstring(symbols.svg_file(placements.address(poster)))  # noqa: S314  our own
    assert (root.tag, root.get("width")) == (f"{SVG}svg", "66mm")
    ground, dark = root.iter(f"{SVG}path")
    assert ground.get("fill") == "#fff"
    assert dark.get("stroke") == "#000"


def test_the_element_in_a_page_needs_no_style(poster):
    element = symbols.svg_element(placements.address(poster))
    assert element.startswith("<svg viewBox=")
    assert "style" not in element
