"""The clinic as the wording check sees it: plain facts, and its starter wording."""

from dataclasses import replace

from optins.consent import texts
from optins.consent.rulepacks import rules_for
from optins.consent.wording_check import Asked, Facts, PurposeFacts, SenderFacts, check, starters
from optins.models import Organisation

LANGUAGES = texts.languages()
# One country for each pack, and one that has none: there only the platform's rules hold.
COUNTRIES = {
    "META": "JP", "ZA": "ZA", "EU": "FR", "DE": "DE", "GB": "GB", "IN": "IN", "BR": "BR", "KE": "KE",
    "NG": "NG", "US": "US", "CA": "CA",
}  # fmt: skip
KEYS = {"utility": "appointment-reminders", "marketing": "health-tips"}


def asked_in(country, kinds):
    """What the packs of a country ask of these kinds of messages."""
    organisation = Organisation(country=country)
    rows = [row for kind in kinds for row in rules_for(organisation, None, kind).wording_checklist()]
    return tuple(
        dict.fromkeys(Asked(r.element, r.level, r.citation, r.status, r.source, r.pack) for r in rows)
    )


def purpose(kind, language, **more):
    title = texts.starter_notice(language)["titles"][KEYS[kind]]
    return PurposeFacts(KEYS[kind], title, **more)


def facts(language="en", *, country="ZA", kinds=("utility", "marketing"), asked=None, **more):
    values = {
        "legal_name": "Riverside Community Clinic NPC",
        "postal_address": "12 River Street, Cape Town, 8001, South Africa",
        "contact": "help@riverside.example",
        "contact_person": "Nomsa Dlamini, information officer",
        "privacy_url": "https://riverside.example/privacy",
        "country": country,
        "senders": (SenderFacts("Riverside Clinic", "+27820000900"),),
        "purposes": tuple(purpose(kind, language) for kind in kinds),
        "languages": ("de", "en", "zu"),
        "asked": asked_in(country, kinds) if asked is None else asked,
    }
    return Facts("Riverside Clinic", **(values | more))


def starter(language="en", about=None):
    return starters.starter(language, about or facts(language))


def elements(wording, about, severity=""):
    """What was found, by element; of one severity only, where it is named."""
    return {found.element for found in check(wording, about) if severity in ("", found.severity)}


def one(element, level="required", status="primary"):
    """A pack that asks for a single thing."""
    return (Asked(element, level, "s 1", status, "https://law.example", "XX"),)


def without(wording, **changes):
    return replace(wording, **changes)
