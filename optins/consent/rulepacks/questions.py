"""What we ask of the packs: one function for each thing that they decide here."""

from datetime import datetime

from optins.consent.rulepacks import calendars
from optins.consent.rulepacks.combining import word
from optins.consent.rulepacks.rules import Rules

# Where no pack says at what age a person decides alone, and where marketing to anybody younger is forbidden.
ADULT = 18


def confirmation_required(rules: Rules) -> bool:
    """Whether only the person's own message counts, whatever the purpose says."""
    return word(rules.field("consent.double_opt_in").value) in ("required", "required_by_practice")


def expires_at(rules: Rules, given_at: datetime) -> datetime | None:
    """When a consent runs out by law; None where no pack limits it."""
    return _after(rules, "consent.expiry_months", given_at)


def renew_from(rules: Rules, given_at: datetime) -> datetime | None:
    """From when a consent should be asked for anew. Until it expires it stays valid all the same."""
    return _after(rules, "consent.refresh_months", given_at)


def _after(rules: Rules, path: str, given_at: datetime) -> datetime | None:
    months = rules.field(path).value
    return calendars.months_after(given_at, months) if months else None


def forbids_marketing_to_minors(rules: Rules) -> bool:
    """Whether no guardian's consent makes marketing to somebody under age lawful."""
    return word(rules.field("minors.marketing_to_minors_allowed").value) == "no"


def own_age(rules: Rules) -> int:
    """From what age a person consents to marketing alone: N of "I am N or older"."""
    ages = (rules.field("minors.guardian_consent_required_below"), rules.field("minors.digital_consent_age"))
    found = [field.value for field in ages if isinstance(field.value, int)]
    return max([*found, ADULT] if forbids_marketing_to_minors(rules) or not found else found)


def may_ask_again(rules: Rules) -> bool:
    """Whether the organisation may, by itself, ask somebody who refused. They may always ask to be asked."""
    attempts = rules.field("consent.request_attempts_max").value
    return word(rules.field("consent.re_request_after_refusal").value) != "never" and attempts is None


def registries(rules: Rules) -> list[str]:
    """The official opt-out lists that the packs name."""
    return [row["name"] for row in rules.field("registries.do_not_contact").value or ()]
