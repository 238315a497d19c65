"""A phone that calls the clinic."""

import pytest

from channels_capture.ivr.tests.phones import PROVIDERS, Phone


@pytest.fixture(params=PROVIDERS)
def phone(request, clinic):
    return Phone(clinic, request.param)


@pytest.fixture
def twilio(clinic):
    return Phone(clinic, "twilio")
