"""The starter wordings against every pack, as a table that a lawyer can read: no database, no clock."""

import csv
import io
from collections.abc import Iterator

from optins.consent import rulepacks, texts
from optins.consent.rulepacks import packs
from optins.consent.wording_check import asking, starters
from optins.consent.wording_check.checking import asked_by_element, check
from optins.consent.wording_check.data import kept_by_the_portal
from optins.consent.wording_check.values import Asked, Facts, PurposeFacts, SenderFacts, Severity, Wording
from optins.models import Organisation

HEADINGS = (
    "pack",
    "language",
    "purpose",
    "result",
    "element",
    "why",
    "status",
    "what it says, or what is missing",
)
# One country for each pack that has one of its own; where there is none, the platform's rules alone.
_NOWHERE = "AQ"
_RESULTS = {Severity.REFUSE: "refused", Severity.WARN: "a person looks"}
_KEYS = {"utility": "appointment-reminders", "marketing": "health-tips"}


def countries() -> dict[str, str]:
    """A country (ISO alpha-2) for each pack, by its id."""
    found = {"META": _NOWHERE}
    for name, pack in packs.all_packs().items():
        alone = [c for c in sorted(pack.countries) if [p.id for p in packs.of_country(c)] == [name]]
        found |= {name: alone[0]} if alone and name != "META" else {}
    return found


def as_csv() -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(rows())
    return out.getvalue()


def rows() -> Iterator[tuple[str, ...]]:
    """One row for each pack, language, kind of purpose and element that is asked for."""
    for pack, country in countries().items():
        for language in starters.languages():
            for kind in _KEYS:
                yield from _rows(pack, kind, facts(country, language, kind))


def _rows(pack: str, kind: str, facts: Facts) -> Iterator[tuple[str, ...]]:
    language, purpose = facts.languages[0], facts.purposes[0]
    wording = starters.starter(language, facts)
    found = {finding.element: finding for finding in check(wording, facts)}
    for element, asked in asked_by_element(facts.asked).items():
        why = "; ".join(f"{each.pack}: {each.citation}, {each.level}" for each in asked)
        status = ", ".join(dict.fromkeys(each.status for each in asked))
        finding = found.get(element)
        result = _RESULTS[finding.severity] if finding else "passed"
        said = finding.missing if finding else _said(element, wording, facts)
        yield (pack, language, f"{purpose.key} ({kind})", result, element, why, status, said)


def _said(element: str, wording: Wording, facts: Facts) -> str:
    """The part of the wording that says it, or what the portal does instead."""
    (line,) = wording.purposes.values()
    ours = {"whatsapp": wording.body, "how_to_stop": wording.stop, "purpose": line}
    if known := kept_by_the_portal(element) or ours.get(element):
        return known
    parts = (wording.body, line, wording.stop, wording.privacy, *wording.details.splitlines())
    alone = (part for part in parts if asking.has(element, Wording(wording.language, details=part), facts))
    return next(alone, "")


def facts(country: str, language: str, kind: str) -> Facts:
    """An organisation there that has everything on record, with one purpose."""
    title = texts.starter_notice(language)["titles"][_KEYS[kind]]
    elements = rulepacks.rules_for(Organisation(country=country), None, kind).wording_checklist()
    return Facts(
        "Riverside Clinic",
        legal_name="Riverside Community Clinic NPC",
        postal_address="12 River Street, Cape Town, 8001, South Africa",
        contact="help@riverside.example",
        contact_person="Nomsa Dlamini",
        privacy_url="https://riverside.example/privacy",
        country=country,
        senders=(SenderFacts("Riverside Clinic", "+27820000900"),),
        purposes=(PurposeFacts(_KEYS[kind], title),),
        languages=(language, *(code for code in ("de", "en") if code != language)),
        asked=tuple(
            Asked(row.element, row.level, row.citation, row.status, row.source, row.pack) for row in elements
        ),
    )
