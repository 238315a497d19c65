"""How many short messages a text takes, at each border, in both alphabets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optins.consent import texts
from optins.consent.segments import GSM7, UCS2, Segments, is_gsm7, segments

pytestmark = pytest.mark.once
# What a chat says by SMS has to stay payable: at most so many parts in any language.
MOST_PARTS = 6
SAID_BY_SMS = ("thanks", "refused", "stopped", "help", "already")


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", GSM7, 0, 0),
        ("a" * 160, GSM7, 160, 1),
        ("a" * 161, GSM7, 161, 2),
        ("a" * 306, GSM7, 306, 2),
        ("a" * 307, GSM7, 307, 3),
        ("€" * 80, GSM7, 160, 1),
        ("a" * 159 + "€", GSM7, 161, 2),
        # An escape and its letter stay together: 152 and 1 left over, not 153.
        ("a" * 152 + "€" + "a" * 152, GSM7, 306, 3),
        ("é" * 160, GSM7, 160, 1),
        ("ê" + "a" * 69, UCS2, 70, 1),
        ("ê" + "a" * 70, UCS2, 71, 2),
        ("न" * 134, UCS2, 134, 2),
        ("न" * 135, UCS2, 135, 3),
        ("🛑" * 35, UCS2, 70, 1),
        # Of 67 places 66 hold whole signs.
        ("🛑" * 67, UCS2, 134, 3),
        ("a\tb", UCS2, 3, 1),
    ],
)
def test_it_is_counted_as_the_network_counts(text, encoding, units, count):
    assert segments(text) == Segments(encoding, units, count)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=400), more=st.text(max_size=20))
def test_a_longer_text_never_takes_fewer(text, more):
    assert segments(text + more).count >= segments(text).count
    assert is_gsm7(text) == (segments(text).encoding == GSM7)


@pytest.mark.parametrize("language", texts.languages())
def test_what_is_said_by_sms_takes_few_parts(language):
    for key in SAID_BY_SMS:
        said = texts.text(key, language, organisation="Riverside Clinic", titles="appointment reminders")
        assert segments(said).count <= MOST_PARTS, key
