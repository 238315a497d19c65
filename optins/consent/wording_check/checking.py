"""The check of one translation: our own rules, then each element that the packs in force ask for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from optins.consent.wording_check import always, asking, data, suggestions
from optins.consent.wording_check.values import Asked, Facts, Finding, Severity, Wording

# What our own rules decide already: a pack's word for it is added to their finding.
_OURS = {"whatsapp", "organisation", "how_to_stop", "purpose", "privacy_link"}


def check(wording: Wording, facts: Facts) -> list[Finding]:
    """Everything that is missing or doubtful, what refuses first. Pure: no database, no clock."""
    packs = asked_by_element(facts.asked)
    own = [
        replace(
            found,
            why=packs.get(found.element, ()),
            line=suggestions.line(found.element, wording, facts),
            part=suggestions.part_of(found.element),
        )
        for rule in always.RULES
        for found in rule(wording, facts)
    ]
    findings = own + list(_asked(wording, facts, packs))
    return sorted(findings, key=lambda finding: not finding.refuses)


def asked_by_element(asked: Iterable[Asked]) -> dict[str, tuple[Asked, ...]]:
    """What the packs ask for, by our name for it."""
    found: dict[str, tuple[Asked, ...]] = {}
    for each in asked:
        element = data.element_of(each.element)
        found[element] = (*found.get(element, ()), each)
    return found


def _asked(wording: Wording, facts: Facts, packs: dict[str, tuple[Asked, ...]]) -> Iterator[Finding]:
    for element, why in packs.items():
        if element in _OURS or data.kept_by_the_portal(element):
            continue
        said = asking.has(element, wording, facts)
        if said or (said is None and all(each.level == "required_if_any" for each in why)):
            continue
        is_sure = said is False and any(each.is_sure for each in why)
        yield Finding(
            wording.language,
            element,
            Severity.REFUSE if is_sure else Severity.WARN,
            data.missing_text(element) if said is False else f"{data.missing_text(element)} Or does it?",
            why=why,
            line=suggestions.line(element, wording, facts),
            part=suggestions.part_of(element),
        )
