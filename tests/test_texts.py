"""What people read is complete and keeps its promises in every language."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

DATA = Path(__file__).resolve().parent.parent / "optins" / "consent" / "data"
FILES = sorted(DATA.glob("texts/*.json")) + sorted(DATA.glob("notices/*.json"))
KEPT = re.compile(r"\{\w*\}|WhatsApp|\bSTOP\b|\bSTART\b|\+")


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def english(path):
    return read(path.with_name("en.json"))


def flat(data, prefix=""):
    """Every value by its dotted key."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def texts(path):
    """Every text that people read, by its dotted key."""
    about_the_file = {"language", "name", "direction", "read_by_native_speaker"}
    return {key: text for key, text in flat(read(path)) if key not in about_the_file}


def named(path):
    return f"{path.parent.name}/{path.stem}"


every_file = pytest.mark.parametrize("path", FILES, ids=named)
every_text_file = pytest.mark.parametrize("path", sorted(DATA.glob("texts/*.json")), ids=named)
every_notice = pytest.mark.parametrize("path", sorted(DATA.glob("notices/*.json")), ids=named)


def test_every_language_has_texts_and_a_notice():
    languages = {path.stem for path in DATA.glob("texts/*.json")}
    assert "en" in languages
    assert languages == {path.stem for path in DATA.glob("notices/*.json")}


@every_file
def test_the_language_inside_equals_the_name_of_the_file(path):
    assert read(path)["language"] == path.stem


@every_file
def test_every_language_has_every_key_of_english_and_no_other(path):
    assert dict(flat(read(path))).keys() == dict(flat(english(path))).keys()


@every_file
def test_no_text_is_empty(path):
    assert [key for key, text in texts(path).items() if not text.strip()] == []


@every_file
def test_every_text_keeps_the_placeholders_keywords_and_names_of_english(path):
    of_english = texts(path.with_name("en.json"))
    for key, text in texts(path).items():
        assert set(KEPT.findall(text)) == set(KEPT.findall(of_english[key])), key


@every_text_file
def test_buttons_have_at_most_20_characters(path):
    buttons = {key: text for key, text in read(path)["texts"].items() if key.startswith("button_")}
    assert buttons
    assert {key: text for key, text in buttons.items() if len(text) > 20} == {}


@every_text_file
def test_right_to_left_texts_begin_right_to_left(path):
    """A chat takes a message's direction from its first letter, so no name may come first."""
    if read(path)["direction"] == "ltr":
        return
    both = texts(path) | texts(DATA / "notices" / path.name)
    wrong = [key for key, text in both.items() if unicodedata.bidirectional(text[0]) not in {"R", "AL"}]
    assert wrong == []


@every_notice
def test_notices_name_whatsapp_and_the_organisation(path):
    notice = read(path)
    for key in ("title", "body", "purpose", "sentence"):
        assert "WhatsApp" in notice[key], key
        assert "{organisation}" in notice[key], key


@every_notice
def test_notices_say_stop_in_the_stop_line(path):
    assert re.search(r"\bSTOP\b", read(path)["stop"])


@every_notice
def test_the_sentence_ends_as_a_sentence(path):
    assert read(path)["sentence"].endswith((".", "।", "。", "۔"))
