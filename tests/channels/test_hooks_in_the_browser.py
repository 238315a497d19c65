"""The card of a channel's webhook: it fits however long the address is, and axe finds nothing."""

import os
from pathlib import Path

import pytest

from tests.channels.writing import channel_of
from tests.people.browsing import browser as browser
from tests.people.browsing import problems
from tests.people.browsing import visit as visit

pytestmark = pytest.mark.walk


def test_the_address_and_the_verify_token_fit_on_every_screen(visit, clinic):
    with visit("owner") as page:
        for kind, provider in (("whatsapp_thread", "dialog360"), ("whatsapp_thread", "whatsapp_cloud")):
            channel = channel_of(clinic, kind, provider)
            page.goto(f"/admin/optins/capturechannel/{channel.pk}/change/")
            assert problems(page) == []
            if where := os.environ.get("SCREENSHOTS"):
                for width in (360, 1280):
                    page.set_viewport_size({"width": width, "height": 900})
                    page.screenshot(path=Path(where) / f"hook-{provider}-{width}.png", full_page=True)
