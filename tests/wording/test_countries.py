"""The countries that a notice is for: each adds to what the check asks, and none takes anything away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optins.consent import wording_facts
from optins.consent.rulepacks import packs
from optins.models import Notice, Organisation

pytestmark = pytest.mark.once

KINDS = ["marketing", "utility"]
LEVELS = ["recommended", "required_if_any", "required"]
some = st.lists(
    st.sampled_from(["ZA", "DE", "GB", "IN", "US", "BR", "KE", "NG", "CA", "FR", "MX"]), max_size=5
)


def asked(own, countries, kinds):
    """The strictest level of each element."""
    notice = Notice(organisation=Organisation(name="Riverside", country=own), countries=countries)
    found = {}
    for one in wording_facts.asked(notice, kinds):
        found[one.element] = max(found.get(one.element, 0), LEVELS.index(one.level))
    return found


@settings(max_examples=60)
@given(st.sampled_from(["ZA", "DE", "MX"]), some, some, st.lists(st.sampled_from(KINDS), min_size=1))
def test_a_further_country_only_adds(own, countries, more, kinds):
    before, after = asked(own, countries, kinds), asked(own, [*countries, *more], kinds)
    assert all(after.get(element, -1) >= level for element, level in before.items())


def test_a_country_without_a_pack_leaves_what_is_asked_as_it_is():
    assert packs.of_country("MX") == []
    assert asked("ZA", ["MX"], KINDS) == asked("ZA", [], KINDS)
    assert set(asked("MX", [], KINDS)) < set(asked("MX", ["KE"], KINDS))
