"""Packs made at random, and the pure half of the gate to ask about them: no database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from optins.consent import rulepacks, standing
from optins.consent.rulepacks import Pack, Statement, quiet_hours
from optins.models import ConsentEvent, ConsentRecord, Contact, Organisation, Purpose

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
KINDS = frozenset({"marketing", "utility", "authentication", "service"})
_hours = st.builds(
    lambda days, start, end: {"days": sorted(days), "closed": f"{start:02}:00-{end:02}:00"},
    st.sets(st.sampled_from(["mon", "tue", "sat", "sun", "all", "public_holiday"]), min_size=1, max_size=3),
    st.integers(0, 23),
    st.integers(1, 24),
)
VALUES = {
    "consent.double_opt_in": st.sampled_from(["required", "required_by_practice", "recommended", "odd"]),
    "consent.expiry_months": st.sampled_from([None, 1, 6, 24]),
    "consent.refresh_months": st.sampled_from([None, 6, 24]),
    "consent.request_attempts_max": st.sampled_from([None, 0, 1]),
    "consent.re_request_after_refusal": st.sampled_from(["never", "allowed", "odd"]),
    "minors.guardian_consent_required_below": st.integers(12, 21),
    "minors.marketing_to_minors_allowed": st.sampled_from([False, True, "caution", "with_guardian_consent"]),
    "timing.quiet_hours": st.lists(_hours, max_size=2),
    "withdrawal.optout_in_every_message": st.sampled_from([True, False, "recommended"]),
    "consent.pre_ticked_box_allowed": st.booleans(),
    "records.retention_min_months": st.sampled_from([None, 12, 60]),
    "rights.access_days": st.integers(1, 90),
}
STATUSES = st.sampled_from(["primary", "secondary", "unconfirmed"])


@st.composite
def a_pack(draw: st.DrawFn) -> Pack:
    fields = {}
    for path in draw(st.sets(st.sampled_from(sorted(VALUES)), max_size=8)):
        fields[path] = Statement("XX", "1", draw(VALUES[path]), "A law", draw(STATUSES))
    kinds = draw(st.sampled_from([KINDS, frozenset({"marketing"})]))
    return Pack(
        "XX", "Anywhere", "1", "draft", frozenset({"ZA"}), (), kinds, date.max, "", "", None, fields, ()
    )


countries = st.sampled_from(["ZA", "DE", "GB", "IN", "US", "BR", "KE", "NG", "CA", "FR", "JP"])
moments = st.builds(lambda hours: NOW + timedelta(hours=hours), st.integers(0, 24 * 14))


def rules_of(country: str, own: str, category: str) -> rulepacks.Rules:
    return rulepacks.rules_for(Organisation(country=own, rule_overlay={}), country, category)


@st.composite
def cases(draw: st.DrawFn):
    """A yes of somebody of any age, about either sort of purpose; and when it is asked about."""
    category = draw(st.sampled_from(["marketing", "utility"]))
    purpose = Purpose(pk=1, category=category, requires_confirmation=draw(st.booleans()))
    contact = Contact(pk=1, age_band=draw(st.sampled_from(["", "minor", "adult"])))
    given = NOW - timedelta(days=draw(st.sampled_from([1, 40, 400, 1000])))
    actor = draw(st.sampled_from(["person", "guardian"]))
    grant = ConsentEvent(kind="given", actor=actor, occurred_at=given, proved=draw(st.booleans()))
    record = ConsentRecord(
        contact=contact, purpose=purpose, grant=grant, proof=grant if grant.proved else None
    )
    return record, contact, purpose, draw(moments)


def answer(rules: rulepacks.Rules, case, zone: str = "Africa/Johannesburg") -> bool:
    """What the gate says, as far as the packs decide it."""
    record, contact, purpose, now = case
    if not standing.judge(record, contact, purpose, now, rules).allowed:
        return False
    is_marketing = purpose.category == "marketing"
    return not (is_marketing and quiet_hours.at(rules, (ZoneInfo(zone),), now).is_closed)


def unconfirmed(pack: Pack) -> Pack:
    """The same pack, with nothing in it confirmed."""
    fields = {path: replace(statement, status="unconfirmed") for path, statement in pack.fields.items()}
    return replace(pack, fields=fields)
