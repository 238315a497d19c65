"""The sandbox beside the portal, with the channels of ``seed_demo``: bots and numbers send through it."""

from threading import Thread

import pytest

from channels_capture import registry
from channels_capture.management.commands.seed_demo import as_json
from optins.models import Sender
from sandbox.server import Server
from sandbox.settings import Settings
from sandbox.state import State

TOKEN = "a-token"


@pytest.fixture
def trying(live_clinic, live_server, settings, monkeypatch):
    """The address of the pages for trying channels out."""
    settings.PUBLIC_URL, settings.DEMO = live_server.url, True
    monkeypatch.setattr("sandbox.trying._PATIENCE", 0)  # nobody sends before the test does
    channels = tuple(row for row in as_json(live_clinic.demo)["channels"] if row["hook_url"])
    state = State(Settings(channels=channels, tokens={"portal": TOKEN}, number="27820000900"))
    with Server(0, state) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        for sender in Sender.objects.exclude(platform="inline"):
            sender.base_url, sender.token = server.url, TOKEN
            sender.save()
        settings.SANDBOX_URL = server.url
        yield server.url
        server.shutdown()


def slugs():
    """The demo's channel of each kind and provider that takes webhooks."""
    return {
        (channel.kind, channel.provider): channel.slug
        for channel in registry.CaptureChannel.objects.exclude(provider="")
    }
