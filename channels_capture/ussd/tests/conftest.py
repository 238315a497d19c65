"""A phone that dials the clinic."""

import pytest

from channels_capture.ussd.tests.phones import Phone


@pytest.fixture
def phone(clinic):
    return Phone(clinic)
