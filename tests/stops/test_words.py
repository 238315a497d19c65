"""What is told apart in words that may be a stop."""

import pytest

from optins.consent import stop_words
from optins.consent.stop_words import Nearness
from tests.stops.answers import TIPS, VISITS

pytestmark = pytest.mark.once


HEARD = {
    "STOP": "exact", "stop stop STOP": "exact", "ukuyeka": "none", "emisa": "exact", "wag na": "exact",
    "Stop. Thank you": "near", "stop, thank you": "near", "please stop!": "near", "stop, merci": "near",
    "停止，谢谢": "near", "stop messaging me now": "near", "cancel, please": "near", "basta": "near",
    "cancel my subscription": "near", "I want to stop": "near", "yes stop": "near",
    "stop health tips": "narrowed", "STOP appointment reminders, please": "narrowed",
    "bus stop": "unsure", "don't stop": "unsure", "we stop at 5": "unsure", "请停止": "unsure",
    "please stop sending me all of these messages": "near",
    "I got it twice, please stop sending all of these messages": "unsure",
    "We have got to STOP this bill": "none", "cancel my appointment": "none", "end of the month": "none",
    "when is it? the bus does not stop there": "none", "acha": "none", "hello": "none", "": "none",
}  # fmt: skip


def test_what_comes_near_a_stop_is_told_apart():
    titles = {TIPS: ["health tips"], VISITS: ["appointment reminders"]}
    heard = {
        text: str(stop_words.hear(text, ["en", "zu"], countries=["ZA"], titles=titles).nearness)
        for text in HEARD
    }
    assert heard == HEARD


def test_a_stop_word_in_its_scope_is_exact_and_elsewhere_near_unless_it_is_a_common_word():
    rows = stop_words.keywords.data()["languages"]
    assert len(rows) == 44
    for language in rows:
        for entry in language["stop"]:
            if entry.get("auto") is False:
                continue
            code = language["code"]
            assert stop_words.hear(entry["text"], [code]).nearness == Nearness.EXACT, (code, entry["text"])
            elsewhere = stop_words.hear(entry["text"], ["eo"]).nearness
            if entry["scope"] == "any":
                assert elsewhere == Nearness.EXACT, entry["text"]
                near = stop_words.hear(f"{entry['text']}, thank you", ["eo"]).nearness
                assert near == Nearness.NEAR, entry["text"]
            else:
                assert elsewhere != Nearness.UNSURE, entry["text"]
    assert stop_words.of_country("ZA")[:3] == ("en", "zu", "xh")
    assert "tl" in stop_words.of_country("ph")
    assert stop_words.of_country("XX") == stop_words.of_country("") == ()
