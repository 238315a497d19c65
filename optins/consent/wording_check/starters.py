"""The starter wording for one organisation: what it needs by the packs in force, and no more."""

from collections.abc import Iterator
from dataclasses import replace

from optins.consent.wording_check import asking, checking, data, suggestions
from optins.consent.wording_check.values import Facts, Wording


def starter(language: str, facts: Facts) -> Wording:
    """The wording to begin with. Raises LookupError for a language that has none."""
    raw = suggestions.starter_of(language)
    if not raw:
        raise LookupError(f"There is no starter wording in {language}.")
    parts = {name: str(raw[name]) for name in ("title", "body", "purpose", "stop", "privacy", "sentence")}
    filled = {name: suggestions.fill(text, facts) for name, text in parts.items()}
    short = Wording(
        language,
        title=filled["title"],
        body=filled["body"],
        purposes={one.key: filled["purpose"].replace("{title}", one.title) for one in facts.purposes},
        stop=filled["stop"],
        privacy=filled["privacy"],
        sentence=parts["sentence"],
    )
    return replace(short, details="\n".join(_details(raw, short, facts)))


def _details(raw: dict[str, object], short: Wording, facts: Facts) -> Iterator[str]:
    """A line for each element that is asked for and not said yet, as far as it is on record."""
    wanted = {suggestions.SAME_LINE.get(name, name) for name in checking.asked_by_element(facts.asked)}
    wanted |= {"sensitive"} if any(purpose.is_sensitive for purpose in facts.purposes) else set()
    wanted |= {"sender_name"} if any(one.name and one.name != facts.name for one in facts.senders) else set()
    lines = raw["details"]
    for element, template in lines.items() if isinstance(lines, dict) else ():
        line = suggestions.fill(template, facts) if element in wanted else ""
        if line and not asking.has(element, short, facts):
            yield line


def languages() -> list[str]:
    """The languages that have a starter wording."""
    return [code for code in data.languages() if suggestions.starter_of(code)]
