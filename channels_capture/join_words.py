"""The field in which staff write a channel's join words: one a line, or with commas between."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from optins.admin.wording_page import english_name
from optins.consent import keywords, stop_words
from optins.consent.keywords import Intent

LONGEST = 40  # characters of one word or phrase: nobody types more from a poster
# The comma has a shape of its own in Arabic, Chinese and Japanese.
_BETWEEN = re.compile("[\n,\u060c\uff0c\u3001]")
# What would be carried out, or taken for an answer, before anybody asks whether it is a join word.
_TAKEN = {
    Intent.STOP: "stop",
    Intent.NOT_ME: "not me",
    Intent.LOSS: "a loss",
    Intent.FORGET: "forget me",
    Intent.NO: "no",
}


class JoinWords(forms.CharField):
    """A list of words as lines of text; each problem is told by its word, all of them at once."""

    widget = forms.Textarea(attrs={"rows": 3, "autocapitalize": "none", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what is kept
        return [" ".join(part.split()) for part in _BETWEEN.split(value or "") if part.strip()]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if found := list(problems(value)):
            raise ValidationError(found)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and (initial or []) != self.to_python(data)


def problems(words: list[str]) -> Iterator[str]:
    """What is wrong with each word, in a sentence; nothing where all of them will be understood."""
    seen: dict[str, str] = {}
    for word in words:
        plain = keywords.plain(keywords.normalise(word))
        if not plain:
            yield f"“{word}” has no letter and no digit, so no message can be told by it."
        elif plain in seen:
            twin = seen[plain]
            yield f"“{word}” is here already, as “{twin}”: capitals and accents make no difference."
        elif len(word) > LONGEST:
            yield f"“{word}” has {len(word)} characters. The most are {LONGEST}."
        else:
            yield from _meanings(word)
        seen.setdefault(plain, word)


def _meanings(word: str) -> Iterator[str]:
    """Whatever it says besides, in any language: a stop that comes in must always be one."""
    for intent, said in _TAKEN.items():
        if codes := keywords.languages_of(word, intent):
            yield f"“{word}” is heard as “{said}” in {_named(codes)}. Choose another word."
            return
    heard = stop_words.hear(word, keywords.languages())
    if heard.nearness != stop_words.Nearness.NONE:
        yield f"“{word}” may be heard as a stop, for its “{heard.phrase}”. Choose another word."


def _named(codes: frozenset[str]) -> str:
    return "every language" if "*" in codes else ", ".join(sorted(map(english_name, codes)))
