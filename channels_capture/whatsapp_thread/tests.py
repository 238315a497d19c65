"""Turn.io's webhooks: each recorded shape through the real view, and everything that may be wrong."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_capture.base import Parsed, Unreadable
from channels_capture.whatsapp_thread.turn import Turn
from optins.models import CaptureChannel, ContactIdentifier, InboundDelivery, InboundMessage
from tests.clinic import sign

pytestmark = pytest.mark.once

FIXTURES = Path(__file__).with_name("fixtures") / "turn"
NAMES = sorted(path.stem for path in FIXTURES.glob("*.json") if not path.name.endswith(".sig.json"))
SECRET = "turn-test-hmac-secret"
RECORDED_AT = datetime(2026, 11, 20, 9, 15, 5, tzinfo=UTC)
SIGNATURE = "X-Turn-Hook-Signature"
# What becomes of each: (messages with their outcome, events, questions asked)
EXPECTED = {
    "inbound_button_reply": (["left_alone"], [], []),
    "inbound_list_reply": (["left_alone"], [], []),
    "inbound_text_bsuid_only": (["left_alone"], [], []),
    "inbound_text_forwarded": (["ask"], [], ["appointment-reminders"]),
    "inbound_text_frequently_forwarded": (["ask"], [], ["appointment-reminders"]),
    "inbound_text_join": (["ask"], [], ["appointment-reminders", "health-tips"]),
    "inbound_text_stop": (["stop"], [("withdrawn", None, True)], []),
    "outbound_turn_subscription": ([], [], []),
    "status_delivered": ([], [], []),
    "status_failed_131047": ([], [], []),
}


def body_of(name):
    return (FIXTURES / f"{name}.json").read_bytes()


def headers_of(name):
    lines = (FIXTURES / f"{name}.headers").read_text().splitlines()
    headers = dict(line.split(": ", 1) for line in lines if line)
    del headers["Content-Type"]  # said by its own argument
    return headers


@pytest.fixture
def turn(clinic, time_machine):
    """The clinic on the day of the recordings, its hook signed with their secret."""
    time_machine.move_to(RECORDED_AT)
    clinic.thread.secret = SECRET
    clinic.thread.save()
    return clinic


def post(clinic, body, headers):
    address = f"/hooks/{clinic.thread.public_id}/"
    return clinic.client.post(address, body, content_type="application/json", headers=headers)


def post_signed(clinic, value, **headers):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return post(clinic, body, {SIGNATURE: sign(body, SECRET), **headers})


def nothing_is_kept():
    return not (InboundDelivery.objects.exists() or InboundMessage.objects.exists())


@pytest.mark.parametrize("name", NAMES)
def test_each_recorded_webhook_is_taken_with_its_own_signature(turn, name):
    assert post(turn, body_of(name), headers_of(name)).status_code == 200
    outcomes, events, asked = EXPECTED[name]
    assert list(InboundMessage.objects.values_list("outcome", flat=True)) == outcomes
    assert turn.events() == events
    requests = [reply.request for reply in turn.replies() if reply.request]
    assert [purpose.key for request in requests for purpose in request.purposes.all()] == asked
    delivery = InboundDelivery.objects.get()
    assert (delivery.state, bytes(delivery.body)) == ("done", body_of(name))
    assert SIGNATURE not in delivery.headers


@pytest.mark.parametrize("name", NAMES)
def test_each_recorded_webhook_changed_in_one_byte_is_refused_and_counted(turn, name):
    body = body_of(name)
    places = range(0, len(body), max(1, len(body) // 40))
    for place in places:
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert post(turn, changed, headers_of(name)).status_code == 401
    assert nothing_is_kept()
    assert turn.events() == []
    assert CaptureChannel.objects.get(pk=turn.thread.pk).refused_count == len(places)


@pytest.mark.parametrize("signature", [None, "", " ", "AAAA", "=", "é", "9" * 5000, sign(b"", SECRET)])
def test_a_missing_or_wrong_signature_is_refused(turn, signature):
    headers = {} if signature is None else {SIGNATURE: signature}
    assert post(turn, body_of("inbound_text_stop"), headers).status_code == 401
    assert nothing_is_kept()


def test_an_empty_secret_refuses_also_what_is_signed_with_it(turn):
    CaptureChannel.objects.filter(pk=turn.thread.pk).update(secret="")
    body = body_of("inbound_text_stop")
    for signature in ("", sign(body, ""), sign(body, SECRET)):
        assert post(turn, body, {SIGNATURE: signature}).status_code == 401
    assert nothing_is_kept()


@pytest.mark.parametrize("address", ["/hooks/unknown/", "/hooks/%00/", "/hooks/" + "x" * 3000 + "/"])
def test_an_unknown_channel_is_not_found(turn, address):
    assert turn.client.post(address, b"{}", content_type="application/json").status_code == 404


@pytest.mark.parametrize("change", [{"is_active": False}, {"provider": "none"}, {"kind": "website"}])
def test_a_channel_that_takes_no_webhooks_is_not_found(turn, change):
    CaptureChannel.objects.filter(pk=turn.thread.pk).update(**change)
    assert post_signed(turn, body_of("inbound_text_stop")).status_code == 404
    assert nothing_is_kept()


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_only_a_post_is_taken(turn, method):
    assert getattr(turn.client, method)(f"/hooks/{turn.thread.public_id}/").status_code == 405


UNREADABLE = [b"", b"not json", b"{", b'{"messages": [}', b"[]", b'"text"', b"5", b"null", b"\xff\xfe\x00",
              b"\xed\xa0\x80", b"[" * 100_000, b'{"a":' * 200 + b"1" + b"}" * 200, b"9" * 5000]  # fmt: skip


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: f"{len(body)} bytes {body[:12]!r}")
def test_what_is_signed_and_cannot_be_read_is_kept_for_staff(turn, body):
    assert post_signed(turn, body).status_code == 200
    delivery = InboundDelivery.objects.get()
    assert (delivery.state, bytes(delivery.body)) == ("failed", body)
    assert delivery.last_error


def paths(value, path=()):
    """The way to each key of each object in it."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from paths(item, (*path, key))


def parent_of(value, path):
    for key in path[:-1]:
        value = value[key]
    return value


def as_read(value):
    """What the adapter makes of it, to compare."""
    try:
        return repr(Turn().parse(json.dumps(value).encode(), {}, "scope"))
    except Unreadable as why:
        return repr(why)


@pytest.mark.parametrize("name", NAMES)
def test_no_missing_field_is_a_server_error_or_a_yes(turn, name):
    whole = json.loads(body_of(name))
    read = set()
    for number, path in enumerate(paths(whole)):
        less = copy.deepcopy(whole)
        del parent_of(less, path)[path[-1]]
        # Most fields are not read at all: one without them is the same as one with them.
        if (found := as_read(less)) in read:
            continue
        read.add(found)
        for raw in [*less.get("messages", []), *less.get("statuses", [])]:
            if "id" in raw:
                raw["id"] += f"-{number}"
        assert post_signed(turn, less).status_code == 200
    assert not InboundDelivery.objects.exclude(state="done").exists()
    assert {kind for kind, *_ in turn.events()} <= {"withdrawn"}
    assert set(ContactIdentifier.objects.values_list("value", flat=True)) <= {"+27820000101", "27820000101"}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["²", "--5", "\0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(NAMES), st.data(), anything)
def test_a_field_of_another_type_is_read_or_unreadable_and_nothing_else(name, data, other):
    value = json.loads(body_of(name))
    path = data.draw(st.sampled_from(list(paths(value))))
    parent_of(value, path)[path[-1]] = other
    try:
        parsed = Turn().parse(json.dumps(value).encode(), {}, "scope")
    except Unreadable:
        return
    assert isinstance(parsed, Parsed)
    assert all(message.identifiers for message in parsed.messages)


@given(anything)
def test_whatever_is_signed_is_read_or_unreadable_and_nothing_else(value):
    try:
        assert isinstance(Turn().parse(json.dumps(value).encode(), {}, ""), Parsed)
    except Unreadable:
        assert not isinstance(value, dict)
