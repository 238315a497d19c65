"""Days and times as people read them, in each direction."""

from datetime import UTC, datetime

import pytest

from optins.consent import moments
from optins.models import Organisation


@pytest.mark.once
def test_beside_letters_from_right_to_left_the_sign_of_an_offset_stays_before_its_digits():
    at, clinic = datetime(2026, 1, 2, tzinfo=UTC), Organisation(time_zone="Africa/Johannesburg")
    assert moments.time(at, "en", clinic) == "2 January 2026, 02:00:00 +0200"
    for language in ("ar", "fa", "he", "ur"):
        assert "\u2066+0200\u2069" in moments.time(at, language, clinic)
