"""A line that would pass, in the language of the wording, where there is one."""

from optins.consent import numbers, texts
from optins.consent.wording_check import data
from optins.consent.wording_check.values import Facts, Wording


def line(element: str, wording: Wording, facts: Facts) -> str:
    """The starter's line for the element; empty where it needs what is not on record, or there is none."""
    starter = starter_of(wording.language)
    if not starter:
        return ""
    return fill(_template(starter, element), facts)


def starter_of(language: str) -> dict[str, object]:
    """The starter wording of the language, its region aside; empty where there is none."""
    known = data.language(language)
    return texts.starter_notice(known.code) if known and known.code in texts.languages() else {}


_PARTS = {
    "whatsapp": "body",
    "organisation": "body",
    "how_to_stop": "stop",
    "privacy_link": "privacy",
    "sentence": "sentence",
    "purpose": "purpose",
}
SAME_LINE = {"contact_or_web": "contact"}


def part_of(element: str) -> str:
    """The part of the wording in which the line would stand."""
    return _PARTS.get(element, "details")


def _template(starter: dict[str, object], element: str) -> str:
    details = starter.get("details")
    lines = details if isinstance(details, dict) else {}
    return str(lines.get(SAME_LINE.get(element, element)) or starter.get(_PARTS.get(element, ""), ""))


def fill(template: str, facts: Facts) -> str:
    """The line with what is on record; empty where something of it is not."""
    values = known_of(facts)
    wanted = [name for name in values if f"{{{name}}}" in template]
    if any(not values[name] for name in wanted):
        return ""
    for name in wanted:
        template = template.replace(f"{{{name}}}", values[name])
    return template


def known_of(facts: Facts) -> dict[str, str]:
    """What may stand in a starter's line, by placeholder; {purposes} of a sentence stay."""
    sender = facts.senders[0] if facts.senders else None
    return {
        "legal_name": facts.legal_name or facts.name,
        "postal_address": ", ".join(filter(None, map(str.strip, facts.postal_address.splitlines()))),
        "contact": facts.contact,
        "contact_person": facts.contact_person,
        "privacy_url": facts.privacy_url,
        "sender_name": sender.name if sender else "",
        "sender_number": numbers.shown(sender.number) if sender and sender.number else "",
        "organisation": facts.name,
    }
