"""The page of seals in a real browser: for everybody, light, dark and from right to left, on any screen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from optins import tasks
from optins.consent import sealing
from optins.models import HeadExport
from tests.browsing import MODES, SCREENSHOTS, picture, problems
from tests.signals import no, record_all

pytestmark = [pytest.mark.walk, pytest.mark.timeout(400)]


@pytest.fixture
def seals(recorded, settings, tmp_path):
    """Two heads, one of which is out, and a webhook that does not answer."""
    settings.HEADS_FOLDER, settings.HEADS_WEBHOOK = str(tmp_path), "http://127.0.0.1:1/"
    settings.RETIRED_PUBLIC_KEYS = ["2025-11:" + "ab" * 32]
    first = sealing.seal(recorded.organisation, timezone.now() - timedelta(hours=2))
    tasks.export_heads()
    record_all(recorded, no("d", 9))
    second = sealing.seal(recorded.organisation, timezone.now())
    HeadExport.objects.create(seal=second, target="file", next_attempt_at=timezone.now())
    record_all(recorded, no("e", 9, digits="27820000202"))
    return first, second


# Every list is looked at in each mode elsewhere.
@pytest.mark.parametrize("mode", MODES if SCREENSHOTS else ["dark-arabic"])
def test_the_page_of_seals_and_that_of_a_head_are_for_everybody(visit, seals, mode):
    with visit("auditor", **MODES[mode]) as page:
        for name, path in {
            "seals": reverse("admin:optins_seal_changelist"),
            "head": reverse("admin:optins_seal_change", args=[seals[0].pk]),
        }.items():
            page.goto(path)
            assert problems(page) == []
            picture(page, f"{name}-{mode}", 1280, 360)
