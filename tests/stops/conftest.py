"""Somebody who agreed to both purposes."""

import pytest

from tests.stops.answers import TIPS, VISITS


@pytest.fixture
def agreed(clinic):
    clinic.write(clinic.choose(TIPS, VISITS))
    return clinic
