"""What every kind and provider in the registry must keep to. A new one needs nothing here but recordings."""

import copy
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from django.db import transaction

from channels_capture import registry, signatures
from channels_capture.base import Parsed, Unreadable
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ContactIdentifier,
    InboundDelivery,
    InboundMessage,
    OutboundMessage,
)
from tests.channels.recordings import BODIES, Post, folder, headers_of, names, recorded, signed

pytestmark = pytest.mark.once

RECORDED_AT = datetime(2026, 11, 20, 9, 20, 5, tzinfo=UTC)
# One test takes all providers of a kind: setting the clinic up costs more than most of them.
every_kind = pytest.mark.parametrize(
    "kind", [slug for slug, kind in registry.KINDS.items() if kind.providers]
)
# What each answers when nothing is to be said; the others say "ok".
QUIET = {
    "twilio": ("text/xml", "<Response/>"),
    "plivo": ("application/xml", "<Response/>"),
    "kannel": ("text/plain; charset=utf-8", ""),
    "infobip": ("application/json", "{}"),
}


@pytest.fixture
def at_the_time(time_machine):
    time_machine.move_to(RECORDED_AT)


def channel_of(kind, provider):
    return CaptureChannel.objects.select_related("organisation", "sender").get(
        organisation__slug="riverside-clinic", kind=kind, provider=provider
    )


DELIVERIES = 1  # its place in this:


def state():
    """How many rows there are of what a webhook can lead to."""
    tables = (ConsentEvent, InboundDelivery, InboundMessage, OutboundMessage)
    return [table.objects.count() for table in tables]


def channels_of(kind):
    """The demo's channel of each provider, and what was recorded of it."""
    for provider in registry.KINDS[kind].providers:
        paths = names(kind, provider)
        assert paths, f"no recordings in {folder(kind, provider)}"
        yield channel_of(kind, provider), paths


@every_kind
def test_what_is_not_signed_or_changed_by_one_byte_is_refused_and_nothing_of_it_is_kept(
    kind, clinic, at_the_time
):
    for channel, paths in channels_of(kind):
        for path in paths:
            post = recorded(channel, path)
            for wrong in wrongly_signed(channel, post, path):
                assert wrong.send(clinic.client).status_code == 401, path
        assert CaptureChannel.objects.get(pk=channel.pk).refused_count > 0
        CaptureChannel.objects.filter(pk=channel.pk).update(secret="")
        assert post.send(clinic.client).status_code == 401
        unset = CaptureChannel.objects.select_related("organisation").get(pk=channel.pk)
        assert recorded(unset, path).send(clinic.client).status_code == 401
    assert state() == [0, 0, 0, 0]


def wrongly_signed(channel, post, path):
    """The same without what proves it, and with a byte changed wherever that matters."""
    public_address = f"/hooks/{channel.public_id}/"
    if registry.adapter_of(channel).has_own_address:
        address, _, query = post.path.partition("?")
        last = address[-2]
        yield replace(post, path=public_address)
        yield replace(post, path=f"{address[:-2]}{'A' if last != 'A' else 'B'}/?{query}")
        yield replace(post, path=f"{public_address}{signatures.address_key('other', channel.secret)}/")
        return
    if not registry.adapter_of(channel).signs_content:
        yield from without_its_token(channel, post)
        return
    unsigned = path.read_bytes().replace(b'"sig"', b'"gis"') if path.suffix == ".json" else post.body
    yield Post(post.path, unsigned, {}, post.content_type)
    stranger = copy.copy(channel)
    stranger.secret = "somebody else's secret"
    yield signed(stranger, path.read_bytes(), BODIES[path.suffix], headers_of(path))
    for place in range(0, len(post.body), max(1, len(post.body) // 12)):
        changed = post.body[:place] + bytes([post.body[place] ^ 1]) + post.body[place + 1 :]
        yield replace(post, body=changed)


def without_its_token(channel, post):
    """Whoever names the secret is believed; the secret without one of its characters is another."""
    yield replace(post, headers={})
    for name, value in post.headers.items():
        assert value == channel.secret, "nothing else proves it"
        wrong = (
            value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :] for place in range(len(value))
        )
        for each in ("", value[:-1], f"{value}0", *wrong):
            yield replace(post, headers={name: each})


@every_kind
def test_a_recording_is_taken_once_however_often_it_comes_and_answered_as_the_provider_expects(
    kind, clinic, at_the_time
):
    CaptureChannel.objects.update(replies="none")
    for channel, paths in channels_of(kind):
        expected = None if registry.talk_of(channel) else QUIET.get(channel.provider, ("text/plain", None))
        for path in paths:
            post = recorded(channel, path)
            answers, after = [], []
            for _time in (1, 2):
                answers.append(post.send(clinic.client))
                after.append([count for place, count in enumerate(state()) if place != DELIVERIES])
            for answer in answers:
                assert answer.status_code == 200, path
                assert expected is None or is_as_expected(answer, *expected), path
            if all(message.id for message in parsed(channel, path).messages):
                assert after[0] == after[1], path
    assert not InboundDelivery.objects.exclude(state="done").exists()


def is_as_expected(answer, content_type, body):
    said = answer.content.decode()
    return answer.headers["Content-Type"] == content_type and (body is None or said.endswith(body))


def parsed(channel, path):
    adapter = registry.adapter_of(channel)
    return adapter.parse(path.read_bytes(), headers_of(path), "scope")


@every_kind
def test_without_any_one_field_a_recording_leads_to_no_event_that_the_whole_one_does_not(
    kind, clinic, at_the_time
):
    for channel, paths in channels_of(kind):
        for path in paths:
            whole, whose = led_to(clinic, channel, path, path.read_bytes())
            for less in read_otherwise(channel, path):
                acts, people = led_to(clinic, channel, path, less)
                assert not acts - whole, (path, less)
                assert people <= whose, (path, less)


def led_to(clinic, channel, path, body):
    """Which acts of whom, when it is posted with a good signature; then all of it is undone."""
    mark = transaction.savepoint()
    answer = signed(channel, body, BODIES[path.suffix], headers_of(path)).send(clinic.client)
    # Some sign by a field of the body, and some of an address that names the call in it.
    assert answer.status_code in (200, 401), (path, body)
    assert not InboundDelivery.objects.filter(state="waiting").exists(), (path, body)
    events = list(ConsentEvent.objects.select_related("purpose"))
    acts = Counter((e.kind, e.purpose and e.purpose.key, e.proved) for e in events)
    people = set(ContactIdentifier.objects.values_list("scheme", "value"))
    transaction.savepoint_rollback(mark)
    return acts, people


def read_otherwise(channel, path):
    """The recording without each of those fields that make a difference: most are not read at all."""
    seen = {as_read(channel, path, path.read_bytes())}
    for less in without_each_field(path):
        read = as_read(channel, path, less)
        if read not in seen:
            seen.add(read)
            yield less


def as_read(channel, path, body):
    """What the adapter makes of it, to compare; what an act's evidence would hold aside."""
    try:
        found = registry.adapter_of(channel).parse(body, headers_of(path), "scope")
    except Unreadable as why:
        return repr(why)
    return repr(replace(found, messages=tuple(replace(each, evidence={}) for each in found.messages)))


@every_kind
def test_a_field_that_is_missing_or_of_another_type_is_read_or_unreadable_and_names_somebody(kind, db):
    for provider, adapter in registry.KINDS[kind].providers.items():
        is_chat = registry.KINDS[kind].talk is None
        for path in names(kind, provider):
            for less in [*without_each_field(path), *with_another_type(path)]:
                try:
                    found = adapter.parse(less, headers_of(path), "scope")
                except Unreadable:
                    continue
                assert isinstance(found, Parsed)
                assert not is_chat or all(message.identifiers for message in found.messages)


def without_each_field(path):
    body = path.read_bytes()
    if path.suffix != ".json":
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        for place in range(len(pairs)):
            yield urlencode(pairs[:place] + pairs[place + 1 :]).encode()
        return
    value = json.loads(body)
    for way in ways(value):
        less = copy.deepcopy(value)
        del inside(less, way)[way[-1]]
        yield json.dumps(less).encode()


def with_another_type(path):
    if path.suffix != ".json":
        return  # in a form everything is text
    value = json.loads(path.read_bytes())
    for way in ways(value):
        for other in ({}, [], None, 7, "²"):
            changed = copy.deepcopy(value)
            inside(changed, way)[way[-1]] = other
            yield json.dumps(changed).encode()


def inside(value, way):
    for key in way[:-1]:
        value = value[key]
    return value


def ways(value, way=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*way, key)
        yield from ways(item, (*way, key))


def test_each_folder_of_a_kind_is_named_after_it():
    root = folder("website", "").parent.parent
    folders = {path.parent.name for path in root.glob("*/__init__.py")} - {"management"}
    assert set(registry.KINDS) <= folders
