"""Fixtures: a printed code of the clinic's page, and its staff."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from channels_capture import placements
from optins.models import PlacementDay
from tests.people.conftest import stranger as stranger


@pytest.fixture
def poster(clinic):
    """A source of the page that asks for no number."""
    return placements.add(clinic.tap, label="Poster in the hall", place="Cape Town", campaign="Winter")


@pytest.fixture
def manager(staff):
    return staff("manager")


@pytest.fixture
def choose_at(clinic):
    """Open an address, tick one box and send the form to where it belongs; returns the sentence to send."""

    def choose_at(address, *, purpose="health-tips"):
        token = clinic.client.get(address).context["token"]
        with time_machine.travel(timezone.now() + timedelta(seconds=5)):
            answer = clinic.client.post(address, {"purposes": [purpose], "token": token})
        assert answer.status_code == 200
        return answer.context["sentence"]

    return choose_at


def openings(placement):
    """By day, how often it was opened."""
    return dict(PlacementDay.objects.filter(placement=placement).values_list("day", "openings"))
