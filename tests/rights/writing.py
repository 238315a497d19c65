"""Ways in which people and programs write a number, made up by chance: no list that the code could share."""

import base64
import html
import json
from urllib.parse import quote

from hypothesis import strategies as st

# The zero of each script; its other digits follow it.
ZEROS = "0٠۰०০๐０𝟎"
INVISIBLE = ["\u00a0", "\u2009", "\u2011", "\u202a", "\ufe0f\u20e3"]
SEPARATORS = ["", "", "", " ", "-", ".", "/", " - ", "_", "·", *INVISIBLE]
ENCODINGS = {
    "plain": lambda text: text,
    "address": lambda text: quote(text, safe=""),
    "JSON": json.dumps,
    "HTML": lambda text: html.escape(text).replace("\u00a0", "&nbsp;"),
}


@st.composite
def written(draw, code, own, trunk="0"):
    """One number: with its country or at home, in groups, in some script, encoded perhaps."""
    begins = [f"+{code}", f"00{code}", code, f"+{code} (0)" if trunk else f"+{code}", f"({trunk}", trunk]
    begin = draw(st.sampled_from(begins))
    gaps = draw(st.lists(st.sampled_from(SEPARATORS), min_size=len(own), max_size=len(own)))
    if begin.startswith("("):
        gaps[draw(st.integers(0, 3))] = ") "
    digits = "".join(map("".join, zip(own, gaps, strict=True)))
    text = begin + draw(st.sampled_from(SEPARATORS)) + digits.strip()
    return draw(st.sampled_from(list(ENCODINGS.values())))(_in_script(text, draw(st.sampled_from(ZEROS))))


def _in_script(text, zero):
    return "".join(chr(ord(zero) + int(char)) if char in "0123456789" else char for char in text)


def hidden(raw, before):
    """In base64, as within the id of a message, after some other bytes."""
    return base64.b64encode(bytes(before) + raw.encode() + b"\x15\x02").decode()
