"""The clinic's bots."""

import pytest

from channels_capture.messenger_bot.tests.bots import Bot


@pytest.fixture(params=["messenger", "telegram"])
def bot(clinic, request):
    return Bot(clinic, request.param)


@pytest.fixture
def telegram(clinic):
    return Bot(clinic, "telegram")
