"""Whether a translation has what a rule pack asks for. Each detector says yes, no, or that it cannot tell."""

import re
from collections.abc import Callable

import phonenumbers

from optins.consent.wording_check import data, naming, reading
from optins.consent.wording_check.values import Facts, Wording

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_URL = re.compile(r"https://[^\s<>\"']+\.[^\s<>\"']+")
ENOUGH_OF_AN_ADDRESS = 0.5

Answer = bool | None


def has(element: str, wording: Wording, facts: Facts) -> Answer:
    """Whether the wording has it; None where nobody but a reader of the language can tell."""
    if detector := _DETECTORS.get(element):
        return detector(wording, facts)
    return _says(element, wording)


def _says(element: str, wording: Wording) -> Answer:
    """By the language's own words for it."""
    known = data.language(wording.language)
    patterns = known.elements.get(element) if known else None
    return reading.says(reading.prose(wording.in_a_chat), patterns) if patterns else None


def _contact(wording: Wording, facts: Facts) -> Answer:
    text = wording.in_a_chat
    return bool(_MAIL.search(text)) or _has_number(text, facts) or (_holds(text, facts.contact) is True)


def _contact_or_web(wording: Wording, facts: Facts) -> Answer:
    return _contact(wording, facts) or bool(links(wording.in_a_chat))


def _contact_number(wording: Wording, facts: Facts) -> Answer:
    return _has_number(wording.in_a_chat, facts)


def _has_number(text: str, facts: Facts) -> bool:
    country = facts.country or None
    return any(True for _ in phonenumbers.PhoneNumberMatcher(text, country))


def _physical_address(wording: Wording, facts: Facts) -> Answer:
    """Most of the recorded address; where another script may have respelt it, the word for it will do."""
    found = _holds(wording.in_a_chat, facts.postal_address)
    if found is None or found:
        return found or False
    known = data.language(wording.language)
    if known is None or set(known.scripts) & reading.scripts_of(facts.postal_address):
        return None if known is None else False
    return None if _says("physical_address", wording) else False


def _holds(text: str, recorded: str) -> Answer:
    """Whether most words of what is on record stand in the text; None where nothing is on record."""
    wanted = reading.words(recorded).split()
    if not wanted:
        return None
    seen = reading.words(text)
    return sum(f" {word} " in seen for word in wanted) >= ENOUGH_OF_AN_ADDRESS * len(wanted)


def _contact_person(wording: Wording, facts: Facts) -> Answer:
    if facts.contact_person and _holds(wording.in_a_chat, facts.contact_person):
        return True
    return _says("contact_person", wording)


def links(text: str) -> list[str]:
    """The https:// addresses of a text."""
    return [link.rstrip(".,;:!?)।") for link in _URL.findall(text)]


def _privacy_link(wording: Wording, facts: Facts) -> Answer:
    """Any but an address of WhatsApp itself; the organisation's own best."""
    found = links(f"{wording.privacy}\n{wording.details}\n{wording.body}")
    return any(not re.match(r"https://(?:[\w-]+\.)*(?:wa\.me|whatsapp\.com)(?:/|$)", link) for link in found)


def _with_link(element: str) -> Callable[[Wording, Facts], Answer]:
    def detector(wording: Wording, facts: Facts) -> Answer:
        said = _says(element, wording)
        return said and bool(links(wording.in_a_chat))

    return detector


def _language_choice(wording: Wording, facts: Facts) -> Answer:
    return len(facts.languages) > 1


def _language_de(wording: Wording, facts: Facts) -> Answer:
    return "de" in {code.split("-")[0] for code in facts.languages}


def _organisation(wording: Wording, facts: Facts) -> Answer:
    return naming.names_organisation(wording.in_a_chat, facts.forms(wording.language))


_DETECTORS: dict[str, Callable[[Wording, Facts], Answer]] = {
    "organisation": _organisation,
    "privacy_link": _privacy_link,
    "contact": _contact,
    "contact_or_web": _contact_or_web,
    "contact_number": _contact_number,
    "physical_address": _physical_address,
    "contact_person": _contact_person,
    "rights_link": _with_link("rights"),
    "impressum": _with_link("impressum"),
    "language_choice": _language_choice,
    "language_de": _language_de,
}
