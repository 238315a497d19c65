"""The card of a channel's webhook: it fits however long the address is, and axe finds nothing."""

import pytest

from tests.browsing import picture, problems
from tests.channels.writing import channel_of

pytestmark = pytest.mark.walk


def test_the_address_and_the_verify_token_fit_on_every_screen(visit, clinic):
    with visit("owner") as page:
        for kind, provider in (("whatsapp_thread", "dialog360"), ("whatsapp_thread", "whatsapp_cloud")):
            channel = channel_of(clinic, kind, provider)
            page.goto(f"/admin/optins/capturechannel/{channel.pk}/change/")
            assert problems(page) == []
            picture(page, f"hook-{provider}", 360, 1280)
