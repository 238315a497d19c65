"""The rules in force, for a person to read: which packs apply, what they decide, by which law, how surely."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from optins.admin.base import visible
from optins.consent import prescribed_forms, rulepacks
from optins.consent.keeping import Keeping, keeping_by
from optins.consent.rulepacks import Field, Pack, Rules, packs, questions
from optins.models import OptOutRegistry, Organisation, Purpose

_MARKETING = Purpose.Category.MARKETING


@dataclass(frozen=True, slots=True)
class Applied:
    """One pack in force."""

    pack: Pack
    binds: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """One thing that the packs decide for marketing, in words, and why."""

    what: str
    words: str
    field: Field


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules of one organisation, for people in its own country."""

    organisation: Organisation
    packs: list[Applied]
    decided: list[Decided]
    missing_lists: list[str]


def context(request: HttpRequest) -> dict[str, Any]:
    found = [in_force(row, timezone.localdate()) for row in visible(Organisation.objects.all(), request)]
    disclaimer = packs.all_packs()[packs.PLATFORM].disclaimer
    return {"title": "Rules in force", "found": found, "disclaimer": disclaimer}


def overdue(request: HttpRequest) -> list[Pack]:
    """The packs in force anywhere the user works whose review is overdue."""
    today = timezone.localdate()
    rules = (rulepacks.rules_for(row) for row in visible(Organisation.objects.all(), request))
    return list({pack.id: pack for each in rules for pack in each.overdue(today)}.values())


def in_force(organisation: Organisation, today: date) -> InForce:
    rules = rulepacks.rules_for(organisation, None, _MARKETING)
    listed = set(OptOutRegistry.objects.filter(organisation=organisation).values_list("name", flat=True))
    return InForce(
        organisation,
        [Applied(pack, packs.kinds_text(pack), pack.is_overdue(today)) for pack in rules.packs],
        list(_decided(rules)),
        [name for name in questions.registries(rules) if name not in listed],
    )


def _decided(rules: Rules) -> Iterator[Decided]:
    """For marketing; other messages are bound by fewer packs, and by no quiet hours."""

    def row(what: str, path: str, words: str) -> Decided:
        return Decided(what, words, rules.field(path))

    needed = questions.confirmation_required(rules)
    confirmed = "Only the person's own message counts" if needed else "As each purpose says"
    yield row("Confirmation", "consent.double_opt_in", confirmed)
    yield row(
        "Runs out", "consent.expiry_months", _months(rules, "consent.expiry_months", "As each purpose says")
    )
    yield row("Ask anew", "consent.refresh_months", _months(rules, "consent.refresh_months", "Never"))
    again = (
        "When the organisation likes"
        if questions.may_ask_again(rules)
        else "Only when the person asks for it"
    )
    yield row("After a no", "consent.re_request_after_refusal", again)
    own_age = f"From {questions.own_age(rules)} years"
    yield row("People decide alone", "minors.guardian_consent_required_below", own_age)
    minors = "Never" if questions.forbids_marketing_to_minors(rules) else "With a guardian's consent"
    yield row("Marketing to minors", "minors.marketing_to_minors_allowed", minors)
    yield row("Closed to marketing", "timing.quiet_hours", _hours(rules))
    yield row("Evidence is kept", "records.retention_after_withdrawal", _kept(keeping_by(rules)))
    yield row("Prescribed form", "consent.prescribed_form", _form(rules))
    yield row("A stop is carried out", "withdrawal.optout_deadline", "At once, whatever the law allows")
    yield row(
        "Official opt-out lists",
        "registries.do_not_contact",
        ", ".join(questions.registries(rules)) or "None",
    )


def _months(rules: Rules, path: str, otherwise: str) -> str:
    months = rules.field(path).value
    return f"After {months} months" if months else otherwise


def _kept(keeping: Keeping) -> str:
    least = f"At least {keeping.at_least} months. " if keeping.at_least else ""
    most = f"At most {keeping.at_most} months after the person's last act" if keeping.at_most else ""
    return f"{least}{most}".strip() or "As the organisation says"


def _form(rules: Rules) -> str:
    """South Africa's Form 4 is the one there is."""
    asked = rules.field("consent.prescribed_form").value
    return (
        "Form 4, on the page of each channel about marketing" if asked in prescribed_forms.known() else "None"
    )


def _hours(rules: Rules) -> str:
    rows = rules.field("timing.quiet_hours").value or []
    return "; ".join(f"{_days(row['days'])} {row['closed'].replace('-', '–')}" for row in rows) or "Never"


def _days(days: list[str]) -> str:
    if days == ["mon", "tue", "wed", "thu", "fri"]:
        return "Mon–Fri"
    named = {"all": "every day", "public_holiday": "public holidays"}
    return ", ".join(named.get(day, day.capitalize()) for day in days)
