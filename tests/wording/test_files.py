"""A translation goes out to an agency and comes back whole, or not at all."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optins.consent import wording_diff, wording_files
from optins.consent.wording_check import Wording
from optins.consent.wording_files import FileError
from tests.wording.riverside import LANGUAGES, facts, starter, without

pytestmark = pytest.mark.once
ENGLISH = starter("en")


def out(target=None, language="xh"):
    return wording_files.export(ENGLISH, target, language, name="Opt-in wording, version 2")


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_what_goes_out_translated_comes_back_the_same(language):
    target = starter(language, facts(language))
    lines = target.details.count("\n")
    assert wording_files.take_back(out(target, language), ENGLISH, language) == target
    assert lines >= 3


def test_an_agency_gets_the_source_with_a_word_on_each_part():
    text = out().decode()
    assert text.count("msgctxt") == 8
    assert '"Language: xh\\n"' in text
    assert "#. How to stop." in text
    assert ENGLISH.title in text


def test_a_file_with_a_hole_in_it_is_not_taken_back():
    with pytest.raises(FileError, match=r"“title” is not translated\..*“sentence” is not translated"):
        wording_files.take_back(out(), ENGLISH, "xh")


def fail(content, says, language="zu", source=ENGLISH):
    with pytest.raises(FileError, match=says):
        wording_files.take_back(content, source, language)


def test_what_does_not_fit_its_source_is_refused_with_the_reason():
    zulu = starter("zu", facts("zu"))
    good = out(zulu, "zu")
    fail(good, "not for “sw”", language="sw")
    fail(good, "changed since", source=without(ENGLISH, title="Another"))
    fail(good.replace("{purposes}. ".strip().encode(), b"{purpose}."), "has lost")
    # Of the source and of the translation: only the latter counts.
    changed = re.sub(r'(msgstr "Yebo, i-)\{organisation\}', r"\1{name}", good.decode()).encode()
    fail(changed, r"“sentence” has lost \{organisation\}")
    more = re.sub(r'(msgstr "Yebo, i-\{organisation\})', r"\1 {phone}", good.decode()).encode()
    fail(more, r"“sentence” has \{phone\}, which")
    for content in (b"", b"\xff\xfe", b"<xliff/>", b"x" * 300_000, good.replace(b"msgid", b"msg", 1)):
        fail(content, r"PO file|too large|changed since")


def test_a_translation_that_a_tool_marks_as_doubtful_is_not_taken():
    fuzzy = (
        out(starter("zu", facts("zu")), "zu").decode().replace("#. How to stop", "#, fuzzy\n#. How to stop")
    )
    fail(fuzzy.encode(), "“stop” is not translated")


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=40)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXT.map(str.strip).filter(bool), min_size=7, max_size=7))
def test_any_text_survives_the_way_out_and_back(texts):
    texts = [text.replace("{", "(").replace("}", ")") for text in texts]
    title, body, line, stop, privacy, details, sentence = texts
    wording = Wording("en", title, body, {"a": line}, stop, privacy, details, sentence)
    content = wording_files.export(wording, wording, "en", name="x")
    assert wording_files.take_back(content, wording, "en") == wording


@settings(max_examples=100, deadline=None)
@given(old=TEXT, new=TEXT)
def test_a_difference_holds_both_texts_whole(old, new):
    pieces = wording_diff.words(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new


def test_a_difference_names_whole_words():
    pieces = wording_diff.words("Send STOP at any time.", "Send HALT or END at any time.")
    assert [(p.kind, p.text) for p in pieces] == [
        ("same", "Send "), ("removed", "STOP"), ("added", "HALT or END"), ("same", " at any time."),
    ]  # fmt: skip


def test_a_difference_of_wordings_goes_in_reading_order():
    changed = without(ENGLISH, stop="To stop, send END on WhatsApp.", purposes={"health-tips": "Tips."})
    rows = wording_diff.of_wordings(ENGLISH, changed)
    names = [row.name for row in rows]
    assert names[:3] == ["title", "body", "purpose:health-tips"]
    assert {row.name for row in rows if row.is_changed} == {
        "stop",
        "purpose:health-tips",
        "purpose:appointment-reminders",
    }
    assert all(row.is_changed for row in wording_diff.of_wordings(None, ENGLISH))
