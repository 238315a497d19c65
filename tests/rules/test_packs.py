"""The packs as files, and whose packs apply to whom."""

import copy
import json

import jsonschema  # type: ignore[import-untyped]
import pytest

from optins.consent import rulepacks
from optins.consent.rulepacks import PackError, calendars, jurisdiction, packs
from optins.consent.rulepacks.overlays import problems
from optins.models import Organisation
from tests.rules import making

pytestmark = pytest.mark.once
FILES = sorted(path for path in packs._DATA.glob("*.json") if path.name != packs._SCHEMA)
CLINIC = Organisation(country="ZA", rule_overlay={}, time_zone="Africa/Johannesburg")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_pack_is_what_the_schema_says(path):
    checker = jsonschema.Draft202012Validator(packs.schema(), format_checker=jsonschema.FormatChecker())
    assert [error.message for error in checker.iter_errors(json.loads(path.read_text()))] == []


def test_a_pack_that_is_none_is_refused_and_says_why():
    raw = json.loads(FILES[0].read_text())
    for change, told in (
        ({"laws": None}, "lacks laws"),
        ({"id": "nowhere"}, "no id"),
        ({"schema_version": "2.0"}, "schema version 2.0"),
    ):
        wrong = {name: value for name, value in {**raw, **change}.items() if value is not None}
        with pytest.raises(PackError, match=told):
            packs.read(wrong)
    unsure = copy.deepcopy(raw)
    unsure["rules"]["consent"]["model"]["status"] = "certain"
    with pytest.raises(PackError, match=r"how sure consent\.model is"):
        packs.read(unsure)


@pytest.mark.parametrize(
    ("identifiers", "decided", "possible"),
    [
        ([("phone", "+254700000001")], "KE", {"KE"}),
        ([("phone", "+4915112345678")], "DE", {"DE"}),
        # A code that several countries share decides nothing; the packs of all of them apply besides.
        ([("phone", "+12125550123")], "ZA", {"US", "CA"}),
        ([("phone", "+14165550123")], "ZA", {"US", "CA"}),
        ([("phone", "+447700900123")], "ZA", {"GB"}),
        ([("phone", "+79161234567")], "ZA", {"RU", "KZ"}),
        ([("wa_bsuid", "CA.1234567")], "CA", {"CA"}),
        ([("phone", "+14165550123"), ("wa_bsuid", "CA.1234567")], "CA", {"CA"}),
        ([("phone", "+27820000101"), ("phone", "+254700000001")], "ZA", {"ZA", "KE"}),
        ([("telegram", "12345")], "ZA", {"ZA"}),
        ([], "ZA", {"ZA"}),
    ],
)
def test_the_jurisdiction_is_that_of_the_identifiers_unless_they_leave_it_open(
    identifiers, decided, possible
):
    found = jurisdiction.of_identifiers(identifiers, CLINIC)
    assert (found.decided, set(found.possible) >= possible) == (decided, True)


def test_a_number_of_plus_one_is_bound_by_every_country_that_it_may_be_of():
    where = jurisdiction.of_identifiers([("phone", "+12125550123")], CLINIC)
    assert set(rulepacks.rules_at(CLINIC, where).versions) == {"META", "US", "CA", "ZA"}


def test_every_country_has_its_clocks_and_south_africa_its_holidays():
    assert [str(zone) for zone in calendars.zones_of(["ZA"], "UTC")] == ["Africa/Johannesburg"]
    assert len(calendars.zones_of(["US"], "UTC")) == 8
    assert [str(zone) for zone in calendars.zones_of(["XX"], "Africa/Nairobi")] == ["Africa/Nairobi"]
    date = making.NOW.date()
    holidays = {"2026-04-03", "2026-04-06", "2026-08-10", "2026-12-16", "2027-12-27", "2027-03-22"}
    days = (date.fromisoformat(day) for day in holidays)
    assert [day for day in days if not calendars.is_holiday(day, ["ZA"])] == []
    assert not calendars.is_holiday(date.fromisoformat("2026-08-11"), ["ZA"])
    assert not calendars.is_holiday(date.fromisoformat("2026-12-16"), ["KE"])


def test_months_are_counted_by_the_calendar():
    start = making.NOW.replace(month=8, day=31)
    assert calendars.months_after(start, 6).isoformat()[:10] == "2027-02-28"
    assert calendars.months_after(start, -18).isoformat()[:10] == "2025-02-28"


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({}, ""),
        (
            {"consent.double_opt_in": "required", "consent.refresh_months": 12, "consent.expiry_months": 24},
            "",
        ),
        ({"timing.quiet_hours": [{"days": ["all"], "closed": "18:00-09:00"}]}, ""),
        ({"minors.guardian_consent_required_below": 21}, ""),
        ({"minors.guardian_consent_required_below": 16}, "looser than what ZA 0.1.0 says (18)"),
        ({"consent.refresh_months": 36}, "looser than what ZA 0.1.0 says (24)"),
        ({"consent.double_opt_in": "not_required"}, "should look like"),
        ({"consent.expiry_months": True}, "should look like"),
        ({"timing.quiet_hours": [{"days": ["noon"], "closed": "18:00-09:00"}]}, "should look like"),
        ({"timing.quiet_hours": [{"days": ["all"], "closed": "18-9"}]}, "should look like"),
        ({"consent.model": "opt_out"}, "can be made stricter here"),
        (["anything"], "written as"),
    ],
)
def test_an_organisations_own_rules_may_be_stricter_and_are_refused_where_they_are_looser(own, told):
    found = problems(own, "ZA")
    assert told in "".join(found) if told else found == []
