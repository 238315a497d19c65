"""STOP in every channel that takes words or keys, over every provider, before anything else."""

import json
from urllib.parse import quote, quote_plus

import pytest
from django.db import transaction

from channels_capture import registry
from channels_capture.base import Unreadable
from optins.models import ConsentEvent
from tests.channels.recordings import BODIES, headers_of, names, signed
from tests.channels.writing import channel_of

pytestmark = pytest.mark.once

# Where keys are pressed, or nothing can be said at all: each has tests of its own beside it.
KEYED = {"ivr": "9", "ussd": "9"}
SPEECHLESS = {"missed_call"}
SILENT = {"telegram"}  # nobody speaks in its recordings: tests beside it write to it
BOTS = {"messenger_bot"}  # they ask nothing about other media: what comes near a stop is one
CHATS = [
    slug for slug, kind in registry.KINDS.items() if kind.providers and slug not in {*KEYED, *SPEECHLESS}
]
SAID = ("STOP", "Stop. Thank you", "退订", "قف")


def said(adapter, path, text):
    """What was recorded, with these words in the place of those of its one message; None if it has none."""
    headers, body = headers_of(path), path.read_text()
    recorded = [message.text for message in messages_in(adapter, body.encode(), headers)]
    for words in filter(None, recorded):
        for encode in (lambda each: json.dumps(each)[1:-1], quote_plus, quote, str):
            changed = body.replace(encode(words), encode(text)).encode()
            heard = messages_in(adapter, changed, headers)
            if [(each.text, each.what, each.payload) for each in heard] == [(text, "words", "")]:
                return changed
    return None


def messages_in(adapter, body, headers):
    try:
        return adapter.parse(body, headers, "scope").messages
    except (Unreadable, UnicodeError):
        return ()


@pytest.mark.parametrize("kind", CHATS)
def test_a_stop_over_every_provider_stops_and_a_near_one_stops_marketing(kind, clinic):
    for provider in registry.KINDS[kind].providers.keys() - SILENT:
        channel, adapter = channel_of(clinic, kind, provider), registry.KINDS[kind].providers[provider]
        for text in SAID:
            bodies = ((path, said(adapter, path, text)) for path in names(kind, provider))
            path, body = next(((path, body) for path, body in bodies if body), (None, b""))
            assert path, f"no recording of {kind} over {provider} in which to say {text}"
            mark = transaction.savepoint()
            post = signed(channel, body, BODIES[path.suffix], headers_of(path))
            assert post.send(clinic.client).status_code == 200, (kind, provider)
            stops = {
                (e.kind, e.purpose and e.purpose.key) for e in ConsentEvent.objects.select_related("purpose")
            }
            near = {("withdrawn", None if kind in BOTS else "health-tips")}
            assert stops == (near if "Thank" in text else {("withdrawn", None)}), (kind, provider, text)
            transaction.savepoint_rollback(mark)


def test_every_kind_with_a_webhook_takes_words_or_keys_or_can_say_nothing():
    hooked = {slug for slug, kind in registry.KINDS.items() if kind.providers}
    assert hooked == {*CHATS, *KEYED, *SPEECHLESS}
