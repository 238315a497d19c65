"""Which law a notice is checked against: the packs, and the countries that it is for."""

from datetime import date
from typing import Any

from optins.consent import countries, wording_facts
from optins.consent.rulepacks import packs as rule_files
from optins.models import NoticeVersion


def packs(version: NoticeVersion) -> dict[str, Any]:
    """The rule packs that the check asks, for whom, and whether their review is overdue."""
    notice, today = version.notice, date.today()  # noqa: DTZ011  a day
    rules = wording_facts.rules_of(notice)
    return {
        "all": rules.packs,
        "countries": [countries.name(code) for code in rules.recipient],
        "without": [countries.name(code) for code in rules.recipient if not rule_files.of_country(code)],
        "not_checked": _not_checked(version),
        "disclaimer": rules.disclaimer,
        "overdue": rules.overdue(today),
    }


def _not_checked(version: NoticeVersion) -> list[str]:
    """The countries that the notice was said to be for only after this version was published."""
    if not version.checked:
        return []
    then = version.checked.get("countries", [])
    return [countries.name(code) for code in version.notice.countries if code not in then]
