"""Combining packs never loosens, whatever a pack says and however sure it is of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from optins.consent.rulepacks import Element, packs, questions, quiet_hours
from optins.consent.rulepacks.combining import checklist, combine
from optins.consent.rulepacks.packs import Statement
from optins.consent.rulepacks.rules import combined
from tests.rules import making

pytestmark = pytest.mark.once
ZONE = (ZoneInfo("Africa/Johannesburg"),)


def says(*values, status="primary"):
    return [Statement(name, "1", value, name, status) for name, value in zip("ABCD", values, strict=False)]


@settings(max_examples=150, deadline=None)
@given(making.countries, making.countries, making.cases(), making.a_pack())
def test_adding_a_pack_never_turns_a_deny_into_an_allow(country, own, case, pack):
    rules = making.rules_of(country, own, case[2].category)
    assert making.answer(rules, case) or not making.answer(combined(rules, pack), case)


@settings(max_examples=100, deadline=None)
@given(making.countries, making.a_pack(), making.a_pack(), making.moments)
def test_whatever_packs_are_combined_nothing_becomes_looser(country, first, second, now):
    few = combined(making.rules_of(country, country, "marketing"), first)
    more = combined(few, making.unconfirmed(second))
    assert questions.confirmation_required(more) or not questions.confirmation_required(few)
    assert questions.may_ask_again(few) or not questions.may_ask_again(more)
    assert questions.forbids_marketing_to_minors(more) or not questions.forbids_marketing_to_minors(few)
    ends, sooner = (questions.expires_at(rules, now) for rules in (few, more))
    assert ends is None or (sooner is not None and sooner <= ends)
    assert quiet_hours.at(more, ZONE, now).is_closed or not quiet_hours.at(few, ZONE, now).is_closed
    days, fewer = (rules.field("rights.access_days").value or 999 for rules in (few, more))
    months, longer = (rules.field("records.retention_min_months").value or 0 for rules in (few, more))
    assert fewer <= days
    assert longer >= months


@settings(max_examples=40, deadline=None)
@given(making.a_pack(), making.a_pack())
def test_the_order_in_which_packs_are_read_changes_no_decision(first, second):
    rules = making.rules_of("JP", "JP", "marketing")
    one, other = (combined(combined(rules, a), b) for a, b in ((first, second), (second, first)))
    for path in making.VALUES:
        if path != "timing.quiet_hours":  # a union: the same rows, in another order
            assert one.field(path).status == other.field(path).status
    for ask in (questions.confirmation_required, questions.may_ask_again, questions.own_age):
        assert ask(one) == ask(other)


def test_each_field_combines_as_the_schema_says():
    assert (
        combine("consent.double_opt_in", says("recommended", "required", "not_required")).value == "required"
    )
    assert combine("consent.pre_ticked_box_allowed", says(True, False)).value is False
    assert combine("consent.expiry_months", says(None, 24, 12)).value == 12
    assert combine("records.retention_min_months", says(None, 12, 60)).value == 60
    assert combine("consent.separate_purposes_required", says("recommended", True)).value is True
    assert combine("consent.identity_elements", says(["a", "b"], ["b", "c"])).value == ["a", "b", "c"]
    hours = says({"product_default_hours": 24}, {"max_hours": 12}, {"business_days": 10})
    assert combine("withdrawal.optout_deadline", hours).packs == ("B 1",)
    basis = says([{"code": "sale"}, {"code": "donor"}], [{"code": "sale"}])
    assert combine("consent.implied_basis", basis).value == [{"code": "sale"}]


def test_what_nobody_confirmed_allows_nothing_and_what_nobody_says_decides_nothing():
    assert combine("consent.implied_basis", says([{"code": "sale"}], status="unconfirmed")).value == []
    nothing = combine("consent.expiry_months", [])
    assert (nothing.value, nothing.status, nothing.packs, nothing.citation) == (None, "", (), "")


def test_a_pack_that_overrides_another_only_loosens_it_where_it_is_sure():
    german = packs.all_packs()["DE"]
    assert [s.pack for s in packs.said(german, "consent.double_opt_in", "DE")] == ["DE"]
    # Unconfirmed: it stands beside what it would replace.
    assert [s.pack for s in packs.said(german, "minors.digital_consent_age", "DE")] == ["DE", "EU"]


def test_of_an_element_of_the_wording_required_wins_then_the_surer_source():
    rows = [
        Element("stop", "recommended", "", "", "primary", "A"),
        Element("stop", "required", "", "", "unconfirmed", "B"),
    ]
    assert [row.pack for row in checklist(rows)] == ["B"]
    sure = Element("stop", "required", "", "", "primary", "C")
    assert checklist([*rows, sure]) == [sure]


def test_each_part_of_a_field_says_who_decides_and_how_surely():
    rules = making.rules_of("DE", "ZA", "marketing")
    field = rules.field("consent.double_opt_in")
    assert (field.packs, field.status) == (("DE 0.1.0",), "primary")
    assert "BGH I ZR 164/09" in field.citation
    assert {statement.pack for statement in field.statements} == {"DE", "ZA", "META"}
    assert rules.versions == {"DE": "0.1.0", "EU": "0.1.0", "META": "0.1.0", "ZA": "0.1.0"}
    assert "NOT legal advice" in rules.disclaimer
    assert rules.is_overdue(datetime(2027, 5, 23, tzinfo=UTC).date())
    assert not rules.is_overdue(datetime(2027, 5, 22, tzinfo=UTC).date())


def test_a_pack_that_binds_marketing_alone_says_nothing_of_other_messages():
    marketing, utility = (making.rules_of("ZA", "ZA", kind) for kind in ("marketing", "utility"))
    assert marketing.field("timing.quiet_hours").value
    assert not utility.field("timing.quiet_hours").value
    # An age is a person's, whatever the message.
    assert utility.field("minors.guardian_consent_required_below").value == 18
    assert {row.pack for row in utility.wording_checklist()} == {"META"}
    assert "physical_address" in {row.element for row in marketing.wording_checklist()}
